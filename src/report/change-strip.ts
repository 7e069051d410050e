import type { EvaluationSet } from '../benchmark/takedown.ts'
import { decimal } from './format.ts'
import { html, type Markup } from './markup.ts'

/** A value with its 95 % interval. */
export interface Measured {
  value: number
  low: number
  high: number
}

const WIDTH = 300
const LEFT = 8
const RIGHT = 292
const MIDDLE = 16

/** Before (hollow) → after (filled) on an axis from 0 to 1, with 95 % intervals as bars, as inline SVG. */
export function changeStrip(set: EvaluationSet, before: Measured, after: Measured): Markup {
  const at = (value: number) => Math.round(LEFT + Math.min(1, Math.max(0, value)) * (RIGHT - LEFT))
  const interval = ({ low, high }: Measured) =>
    html`<path class="whisker ${set}" d="M${at(low)} ${MIDDLE}H${at(high)}"/>`
  const label = `From ${decimal(before.value)} to ${decimal(after.value)} on a scale from 0 to 1`
  const [from, to] = [at(before.value), at(after.value)]
  const gap = from < to ? 6 : -6
  return html`<svg class="strip" viewBox="0 0 ${WIDTH} 46" role="img" aria-label="${label}">
<path class="chart-axis" d="M${LEFT} 30H${RIGHT}M${LEFT} 27v6M${at(0.5)} 27v6M${RIGHT} 27v6"/>
<text class="chart-tick" x="${LEFT}" y="43" text-anchor="middle">0</text><text class="chart-tick" x="${at(0.5)}" y="43" text-anchor="middle">0.5</text><text class="chart-tick" x="${RIGHT}" y="43" text-anchor="middle">1</text>
${interval(before)}${interval(after)}
${Math.abs(to - from) > 14 && html`<path class="link ${set}" d="M${from + gap} ${MIDDLE}H${to - gap}"/>`}
<circle class="hollow ${set}" cx="${from}" cy="${MIDDLE}" r="5"/><circle class="dot ${set}" cx="${to}" cy="${MIDDLE}" r="5"/>
</svg>`
}
