import type { ReferenceModel } from '../compare/comparison.ts'
import { html, Markup } from './markup.ts'
import { linearTicks } from './ticks.ts'

const WIDTH = 640
const HEIGHT = 440
const LEFT = 56
const RIGHT = 620
const TOP = 48
const BOTTOM = 388

/** The content of a Pareto figure; a comparison of runs is one. */
export interface ParetoFigure {
  readonly axes: { readonly forget: string; readonly utility: string }
  readonly references: readonly ReferenceModel[]
  readonly rows: readonly {
    readonly name: string
    readonly values: Readonly<Record<string, { readonly mean: number } | null>>
    readonly troubles: readonly string[]
    readonly isBest: boolean
  }[]
}

interface Dot {
  readonly name: string
  readonly x: number
  readonly y: number
  readonly kind: 'best' | 'other' | 'troubled' | 'reference'
}

/**
 * Forgetting across, utility up; the wanted corner is the upper left. Filled dots are not dominated and joined by a
 * line, hollow ones are, crosses had trouble, squares are the original and the model that never saw the data.
 *
 * Stands alone as a file too: it brings its colours, for light and dark.
 */
export function paretoChart({ rows, references, axes }: ParetoFigure): Markup {
  const dots: Dot[] = [
    ...references.map(({ name, values }): Dot => {
      const [x, y] = [axes.forget, axes.utility].map((key) => values[key] ?? Number.NaN)
      return { name, x, y, kind: 'reference' }
    }),
    ...rows.map(
      ({ name, values, isBest, troubles }): Dot => ({
        name,
        x: values[axes.forget]?.mean ?? Number.NaN,
        y: values[axes.utility]?.mean ?? Number.NaN,
        kind: isBest ? 'best' : troubles.length > 0 ? 'troubled' : 'other',
      }),
    ),
  ].filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y))
  const at = {
    x: scale(
      dots.map(({ x }) => x),
      LEFT,
      RIGHT,
    ),
    y: scale(
      dots.map(({ y }) => y),
      BOTTOM,
      TOP,
    ),
  }
  const front = dots.filter(({ kind }) => kind === 'best').sort((a, b) => a.x - b.x)
  const path = front
    .map(({ x, y }, i) => `${i === 0 ? 'M' : 'L'}${round(at.x.of(x))} ${round(at.y.of(y))}`)
    .join('')
  const without = rows.filter(({ values }) => !values[axes.forget]).length
  return html`<svg class="chart pareto" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${describe(dots, axes)}">
<style>${new Markup(style)}</style>
<text class="p-title" x="0" y="16">${axes.utility} ↑ by ${axes.forget} ↓</text>
<text class="p-note" x="${RIGHT}" y="16" text-anchor="end">better: up and left</text>
${at.y.ticks.map(({ value, label }) => html`<path class="p-grid" d="M${LEFT} ${round(at.y.of(value))}H${RIGHT}"/><text class="p-note" x="${LEFT - 6}" y="${round(at.y.of(value) + 4)}" text-anchor="end">${label}</text>`)}
${at.x.ticks.map(({ value, label }) => html`<text class="p-note" x="${round(at.x.of(value))}" y="${BOTTOM + 17}" text-anchor="middle">${label}</text>`)}
<path class="p-axis" d="M${LEFT} ${BOTTOM}H${RIGHT}"/>
<text class="p-note" x="${RIGHT}" y="${BOTTOM + 36}" text-anchor="end">${axes.forget}</text>
${without > 0 && html`<text class="p-note" x="${LEFT}" y="${BOTTOM + 36}">${without} without a measurement after training: not shown</text>`}
${path && html`<path class="p-front" d="${path}"/>`}
${dots.map((dot) => mark(dot, at.x.of(dot.x), at.y.of(dot.y)))}
${labels(dots, at)}
</svg>`
}

function mark({ kind }: Dot, x: number, y: number): Markup {
  const [cx, cy] = [round(x), round(y)]
  if (kind === 'reference')
    return html`<path class="p-reference" d="M${round(x - 5)} ${round(y - 5)}h10v10h-10z"/>`
  if (kind === 'troubled')
    return html`<path class="p-troubled" d="M${round(x - 4)} ${round(y - 4)}l8 8m0 -8l-8 8"/>`
  return html`<circle class="p-${kind}" cx="${cx}" cy="${cy}" r="4.5"/>`
}

/** Names beside their dots; where two would overlap the later one goes further down. */
function labels(
  dots: readonly Dot[],
  at: Readonly<Record<'x' | 'y', { of(value: number): number }>>,
): Markup[] {
  const taken: { x: number; y: number; width: number }[] = []
  return dots.map(({ name, x, y }) => {
    const width = 6.4 * name.length
    const right = at.x.of(x) + 9 + width < RIGHT
    const left = right ? at.x.of(x) + 9 : at.x.of(x) - 9 - width
    let top = at.y.of(y) + 4
    while (
      taken.some(
        (other) =>
          Math.abs(other.y - top) < 13 && left < other.x + other.width && other.x < left + width,
      )
    )
      top += 13
    taken.push({ x: left, y: top, width })
    return html`<text class="p-label" x="${round(left)}" y="${round(top)}">${name}</text>`
  })
}

function scale(values: readonly number[], from: number, to: number) {
  const low = Math.min(...values)
  const high = Math.max(...values)
  const room = 0.06 * (high - low || 1)
  const [first, last] = [low - room, high + room]
  return {
    of: (value: number) => from + ((value - first) / (last - first)) * (to - from),
    ticks: linearTicks(first, last, 6),
  }
}

function describe(dots: readonly Dot[], axes: ParetoFigure['axes']): string {
  const list = dots.map(({ name, x, y }) => `${name} ${x.toFixed(3)}, ${y.toFixed(3)}`)
  return `${axes.utility} by ${axes.forget}: ${list.join('; ')}.`
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

const style = `.pareto{--p-ink:#1b1e23;--p-soft:#5a616b;--p-grid:#ebe8e3;--p-best:#0061a3;--p-bad:#b04400;font-family:system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
@media (prefers-color-scheme:dark){.pareto{--p-ink:#e9e7e2;--p-soft:#a0a6b0;--p-grid:#272b32;--p-best:#74bbfb;--p-bad:#ff9f61}}
.pareto text{fill:var(--p-ink)}.p-title{font-size:14px;font-weight:600}.pareto .p-note{font-size:11.5px;fill:var(--p-soft)}.p-label{font-size:12px}
.p-grid{stroke:var(--p-grid)}.p-axis{stroke:var(--p-soft)}.p-front{fill:none;stroke:var(--p-best);stroke-width:1.5;stroke-dasharray:6 4}
.p-best{fill:var(--p-best)}.p-other{fill:none;stroke:var(--p-ink);stroke-width:1.6}.p-troubled{fill:none;stroke:var(--p-bad);stroke-width:2}.p-reference{fill:var(--p-ink)}`
