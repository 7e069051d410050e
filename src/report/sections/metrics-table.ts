import { takedownWords } from '../../benchmark/takedown.ts'
import { directionWords } from '../../measure/direction.ts'
import type { MetricsFile } from '../../run/metrics-file.ts'
import { change, count, decimal } from '../format.ts'
import { judge, KEPT_WITHIN } from '../judge.ts'
import { mark } from '../mark.ts'
import { type Content, html, type Markup } from '../markup.ts'
import type { ReportData } from '../report-data.ts'

/** Every metric on both sets, before and after, with intervals and what they mean. */
export function metricsTable({ metrics, ofState }: ReportData): Markup | null {
  if (!metrics) return null
  const keys = Object.keys(metrics.directions)
  return html`<section id="metrics"><h2>Metrics</h2>
${ofState && html`<p>After: the state <code>${ofState}</code>, which was exported; the run itself did not come to its end.</p>`}
<table>
<thead><tr><th scope="col">Set</th><th scope="col">Metric</th><th scope="col" class="number">Before</th><th scope="col" class="number">After</th><th scope="col" class="number">Change</th><th scope="col">Better</th><th scope="col">Outcome</th></tr></thead>
<tbody>${keys.map((key) => row(key, metrics))}</tbody>
</table>
<p class="note">Small figures: 95 % bootstrap interval over examples; the change is paired by example. On what should be forgotten, ✓ means that the interval of the change excludes 0 on the wanted side; on everything else, that it did not clearly get worse by more than ${KEPT_WITHIN}.</p>
<dl class="glossary">${glossary(keys)}</dl>
</section>`
}

function row(key: string, metrics: MetricsFile): Markup {
  const [set, id] = key.split('.')
  const { before, after, changes, intervals, counts, directions } = metrics
  const judgement = judge(key, metrics)
  const cell = (name: string, content: Content) =>
    html`<td class="number" data-label="${name}"><span>${content}</span></td>`
  return html`<tr>
<td data-label="Set"><span class="set ${set}">${set}</span> <small>n = ${count(counts[key])}</small></td>
<th scope="row">${takedownWords.get(key)?.title ?? id}</th>
${cell('Before', withInterval(before[key], intervals.before[key], decimal))}
${cell('After', withInterval(after[key], intervals.after[key], decimal))}
${cell('Change', withInterval(changes[key], intervals.changes[key], change))}
<td data-label="Better">${directionWords(directions[key])}</td>
<td data-label="Outcome">${judgement ? mark(judgement) : '–'}</td>
</tr>`
}

function withInterval(
  value: number | null | undefined,
  interval: readonly (number | null)[] | undefined,
  write: (value: number | null) => string,
): Content {
  if (value === undefined) return '–'
  return html`${write(value)}${interval && html` <small>[${interval.map((end) => write(end)).join(', ')}]</small>`}`
}

/** What each metric is, once for both sets. */
function glossary(keys: readonly string[]): Markup[] {
  const words = keys.flatMap((key) => takedownWords.get(key) ?? [])
  const byTitle = new Map(words.map((each) => [each.title, each]))
  return [...byTitle.values()].map(
    ({ title, description, source }) =>
      html`<div><dt>${title}</dt><dd>${description} <small>${source}</small></dd></div>`,
  )
}
