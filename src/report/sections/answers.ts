import type { EvaluationSet } from '../../benchmark/takedown.ts'
import { answerProbability, rougeL } from '../../metric/index.ts'
import type { Sample } from '../../run/samples.ts'
import { count, decimal } from '../format.ts'
import { markedChange } from '../marked-change.ts'
import { html, type Markup } from '../markup.ts'
import { chooseProbes, type Probe } from '../probe-answers.ts'
import type { ReportData } from '../report-data.ts'

const OPEN = 4
const LIMIT = 16

/** The section of answers: what the model said before and what it says now, word by word. */
export function answers(data: ReportData): Markup | null {
  const columns = (['forget', 'retain'] as const).flatMap((set) => {
    const probes = chooseProbes(data, set, LIMIT)
    return probes.length > 0 ? [column(set, probes, data)] : []
  })
  if (columns.length === 0) return null
  return html`<section id="answers"><h2>Answers before and after</h2>
<p class="note">Greedy answers. <del>Struck through</del>: said before only. <ins>Underlined</ins>: said after only. The run’s fixed probes, then examples drawn with a fixed seed, without regard to the answers.</p>
<div class="columns">${columns}</div>
</section>`
}

function column(set: EvaluationSet, probes: readonly Probe[], { samples }: ReportData): Markup {
  const total = samples.filter((sample) => sample.set === set && sample.phase === 'before').length
  const rest = probes.slice(OPEN)
  return html`<div>
<h3><span class="set ${set}">${set}</span> ${count(probes.length)} of ${count(total)} examples</h3>
${probes.slice(0, OPEN).map(card)}
${rest.length > 0 && html`<details><summary>${count(rest.length)} more</summary>${rest.map(card)}</details>`}
</div>`
}

function card({ set, index, before, after, between }: Probe): Markup {
  // The look before the first step is at what `before` says.
  const latest = between.findLast(({ step }) => step > 0)
  const said = after?.generated ?? latest?.generated ?? null
  const marked = said === null ? null : markedChange(before.generated, said)
  const shown = (text: string, markup: Markup = html`${text}`) =>
    text.trim() === '' ? html`<em class="empty">nothing</em>` : markup
  const now =
    said === null
      ? html`<em class="empty">not evaluated</em>`
      : said === before.generated
        ? html`<em class="empty">the same, word for word</em>`
        : shown(said, marked?.after)
  return html`<article class="probe ${set}">
<p class="prompt user" dir="auto">${before.prompt}</p>
<dl>
<div><dt>True</dt><dd class="user" dir="auto">${before.reference}</dd></div>
<div><dt>Before</dt><dd class="user" dir="auto">${shown(before.generated, marked?.before)}</dd></div>
<div><dt>${after || !latest ? 'After' : `Step ${count(latest.step)}`}</dt><dd class="user" dir="auto">${now}</dd></div>
</dl>
<p class="scores"><span>${set} ${index}</span><span>probability of the true answer ${scores(before, after, probability)}</span><span>ROUGE-L recall ${scores(before, after, rougeRecall)}</span></p>
${between.length > 0 && html`<details><summary>While training</summary><dl>${between.map(({ step, generated }) => html`<div><dt>Step ${count(step)}</dt><dd class="user" dir="auto">${shown(generated)}</dd></div>`)}</dl></details>`}
</article>`
}

function scores(before: Sample, after: Sample | null, score: (sample: Sample) => number): string {
  const first = decimal(score(before), 2)
  return after ? `${first} → ${decimal(score(after), 2)}` : first
}

const probability = ({ texts }: Sample) => answerProbability(texts.answer[0].logProbs)
const rougeRecall = ({ reference, generated }: Sample) => rougeL(reference, generated).recall
