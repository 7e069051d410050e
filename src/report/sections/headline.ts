import { type EvaluationSet, takedownWords } from '../../benchmark/takedown.ts'
import { directionWords } from '../../measure/direction.ts'
import type { MetricsFile } from '../../run/metrics-file.ts'
import { changeStrip, type Measured } from '../change-strip.ts'
import { decimal } from '../format.ts'
import { judge } from '../judge.ts'
import { mark } from '../mark.ts'
import { html, type Markup } from '../markup.ts'
import type { ReportData } from '../report-data.ts'

const SHOWN = ['rougeL', 'probability'] as const

/** The four numbers to remember: two metrics, on what should go and on what should stay. */
export function headline({ metrics }: ReportData): Markup | null {
  if (!metrics) return null
  const cards = SHOWN.flatMap((id) =>
    (['forget', 'retain'] as const).map((set) => card(set, id, metrics)),
  ).filter((each) => each !== null)
  if (cards.length === 0) return null
  return html`<section class="cards" aria-label="Headline numbers">${cards}</section>`
}

function card(set: EvaluationSet, id: string, metrics: MetricsFile): Markup | null {
  const key = `${set}.${id}`
  if (!(key in metrics.before && key in metrics.after)) return null
  const before = measured(key, metrics.before, metrics.intervals.before)
  const after = measured(key, metrics.after, metrics.intervals.after)
  const judgement = judge(key, metrics)
  return html`<article class="card ${set}">
<h2><span class="set ${set}">${set}</span> ${takedownWords.get(key)?.title}</h2>
<p class="big"><span>${decimal(metrics.before[key], 2)}</span><span class="to" aria-label="to">→</span><strong>${decimal(metrics.after[key], 2)}</strong></p>
${before && after && changeStrip(set, before, after)}
<p class="outcome">${judgement && mark(judgement)}<span class="aim">${directionWords(metrics.directions[key])} is better</span></p>
</article>`
}

function measured(
  key: string,
  values: MetricsFile['before'],
  intervals: MetricsFile['intervals']['before'],
): Measured | null {
  const value = values[key] ?? null
  const [low, high] = intervals[key] ?? [null, null]
  return value === null || low === null || high === null ? null : { value, low, high }
}
