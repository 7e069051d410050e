import { measuredShare } from '../../goal/standing.ts'
import type { EventOf } from '../../run/events.ts'
import { type LineChart, lineChart } from '../line-chart.ts'
import { html, type Markup } from '../markup.ts'
import type { ReportData } from '../report-data.ts'

const words = {
  reached: 'Goal reached',
  missed: 'Goal not reached',
  'nothing-known': 'Nothing to forget',
} as const

/** The section of a goal: what was to be reached, what was tried, the path, and how it ended. */
export function goal({ goal: { started, looks, ended } }: ReportData): Markup | null {
  if (!started) return null
  const rates = [...new Set(looks.map(({ learningRate }) => learningRate))].sort((a, b) => a - b)
  const { rows, known, unknown, wordings, keep } = started
  return html`<section id="goal"><h2>${ended ? words[ended.outcome] : 'The goal'}</h2>
${ended && html`<p>${sentence(ended.reason)}${ended.hint && ` ${ended.hint}`}</p>`}
<p>Forgotten: an answer is no likelier than to somebody who never knew it, of whom the starting model says how they would answer: asked the same about invented subjects. Kept: ${share(keep)} of the probability of what other answers say, and no answer’s loss made good by another’s gain. Before anything was done the model knew ${String(known)} of ${String(rows)} answers${unknown.length > 0 && html` (not those of rows ${unknown.map((row) => row + 1).join(', ')}, which count for nothing)`}. Each was asked in ${String(wordings.trained)} wordings in training, in ${String(wordings.chosen)} more at each look, and in ${String(wordings.reported)} others before and after.</p>
${ended && verdict(ended)}
${
  rates.length > 0 &&
  html`<h3>What was tried</h3>
<table><thead><tr><th scope="col">Learning rate</th><th scope="col" class="number">Steps</th><th scope="col" class="number">Forgotten</th><th scope="col" class="number">Retain</th><th scope="col" class="number">General</th></tr></thead>
<tbody>${rates.map((rate) => trialRow(rate, looks, ended?.learningRate === rate))}</tbody></table>
${lineChart(path(rates, looks, ended?.learningRate ?? null, keep))}`
}
</section>`
}

function verdict(ended: EventOf<'goal.ended'>): Markup {
  const rows: [string, number | null][] = [
    ['Forgotten, in other wordings', ended.forgotten],
    ['Avoided: less likely than to somebody who never knew', ended.avoided],
    ['Kept, of retain rows that took no part', ended.retain],
    ['Kept, of general questions that took no part', ended.general],
  ]
  const { sampled } = ended
  const drawn =
    sampled &&
    html`<p>Of the facts’ words, answers drawn at temperature 1 say ${share(sampled.after.said)}, and ${share(sampled.after.chance)} where the same is asked about invented subjects; before it was ${share(sampled.before.said)} and ${share(sampled.before.chance)}.</p>`
  return html`<table><tbody>${rows.map(([name, value]) => html`<tr><th scope="row">${name}</th><td class="number">${value === null ? '–' : share(value)}</td></tr>`)}</tbody></table>${drawn}`
}

function trialRow(rate: number, looks: readonly EventOf<'goal.look'>[], isChosen: boolean): Markup {
  const own = looks.filter(({ learningRate }) => learningRate === rate)
  const last = own[own.length - 1]
  const cell = (value: number | null) =>
    html`<td class="number">${value === null ? '–' : share(value)}</td>`
  return html`<tr><th scope="row">${rate.toExponential(0)}${isChosen && ' (chosen)'}</th><td class="number">${String(last.step)}</td>${cell(last.forgotten)}${cell(last.retain)}${cell(last.general)}</tr>`
}

function path(
  rates: readonly number[],
  looks: readonly EventOf<'goal.look'>[],
  chosen: number | null,
  keep: number,
): LineChart {
  return {
    title: 'Kept against forgotten, look by look',
    direction: 'higher',
    unit: 'share kept',
    xLabel: 'share of knowledge that is gone',
    yScale: 'linear',
    yInclude: [keep, 1],
    series: rates.map((rate) => ({
      name: rate === chosen ? `rate ${rate.toExponential(0)}` : 'others',
      tone: rate === chosen ? 'forget' : 'neutral',
      points: looks
        .filter(({ learningRate }) => learningRate === rate)
        .map((look) => ({ x: 1 - Math.min(1, look.left), y: measuredShare(look) })),
    })),
  }
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}

function share(value: number): string {
  return `${Math.round(100 * value)} %`
}
