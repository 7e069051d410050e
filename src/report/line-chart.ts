import { compact } from './format.ts'
import { html, type Markup } from './markup.ts'
import { linearTicks, logTicks, type Tick } from './ticks.ts'

/** A point of a line; null leaves a gap. */
export interface Point {
  x: number
  y: number | null
}

/** The line of a chart. `tone` picks colour, dash and marker together, so that none of them carries meaning alone. */
export interface Series {
  name: string
  tone: 'forget' | 'retain' | 'neutral'
  points: readonly Point[]
  /** the same line before smoothing, drawn faintly behind */
  raw?: readonly Point[]
}

/** The content of a line chart. */
export interface LineChart {
  title: string
  /** which way is better, as an arrow after the title; null where neither is */
  direction: 'lower' | 'higher' | null
  unit: string
  xLabel: string
  yScale: 'linear' | 'log'
  /** always part of the vertical axis */
  yInclude?: readonly number[]
  series: readonly Series[]
  /** vertical lines, e.g. epoch ends or a guard */
  marks?: readonly { x: number; label: string | null }[]
}

const WIDTH = 360
const HEIGHT = 240
const LEFT = 48
const RIGHT = 350
const TOP = 62
const BOTTOM = 204
const ARROWS = { lower: '↓ lower is better', higher: '↑ higher is better' } as const

/**
 * A line chart as inline SVG; colours come from the page's CSS variables, so that it follows light and dark.
 *
 * Points that are not finite, and on a logarithmic axis not positive, are gaps.
 */
export function lineChart(chart: LineChart): Markup {
  const log = chart.yScale === 'log'
  const shown = (y: number | null): y is number =>
    y !== null && Number.isFinite(y) && (!log || y > 0)
  const points = chart.series.flatMap(({ points, raw = [] }) => [...points, ...raw])
  const visible = points.filter(({ y }) => shown(y))
  const xs = extent(
    visible.map(({ x }) => x),
    [0, 1],
  )
  const ys = extent(
    [...visible.map(({ y }) => y as number), ...(chart.yInclude ?? []).filter(shown)],
    log ? [0.1, 1] : [0, 1],
  )
  const y = axis(log ? logRange(ys) : padded(ys), BOTTOM, TOP, log)
  const x = axis(xs[0] === xs[1] ? [xs[0] - 0.5, xs[1] + 0.5] : xs, LEFT, RIGHT, false)
  const xTicks = linearTicks(x.low, x.high, Math.min(5, x.high - x.low))
  const yTicks = (log ? logTicks : linearTicks)(y.low, y.high, 5)
  const marks = (chart.marks ?? []).filter(({ x: at }) => at >= x.low && at <= x.high)
  const path = (line: readonly Point[]) => linePath(line, shown, x.at, y.at)
  return html`<svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${describe(chart, shown)}">
<text class="chart-title" x="0" y="15">${chart.title}</text>
${chart.direction && html`<text class="chart-note" x="${RIGHT}" y="15" text-anchor="end">${ARROWS[chart.direction]}</text>`}
${legend(chart, shown)}
<text class="chart-note" x="${LEFT - 6}" y="${TOP - 8}" text-anchor="end">${chart.unit}</text>
${yTicks.map((tick) => horizontal(tick, y.at(tick.value)))}
${xTicks.map(({ value, label }) => html`<text class="chart-tick" x="${round(x.at(value))}" y="${BOTTOM + 15}" text-anchor="middle">${label}</text>`)}
<path class="chart-axis" d="M${LEFT} ${BOTTOM}H${RIGHT}"/>
<text class="chart-note" x="${RIGHT}" y="${HEIGHT - 4}" text-anchor="end">${chart.xLabel}</text>
${marks.map(({ x: at, label }) => mark(x.at(at), label))}
${chart.series.map(({ raw, tone }) => raw && html`<path class="line raw ${tone}" d="${path(raw)}"/>`)}
${chart.series.map(({ points, tone }) => html`<path class="line ${tone}" d="${path(points)}"/>`)}
${chart.series.map(({ points, tone }) => {
  const last = points.findLast((point) => shown(point.y))
  return last && marker(tone, x.at(last.x), y.at(last.y as number))
})}
</svg>`
}

interface Axis {
  low: number
  high: number
  at(value: number): number
}

function axis(
  [low, high]: readonly [number, number],
  from: number,
  to: number,
  log: boolean,
): Axis {
  const position = log ? Math.log : (value: number) => value
  const scale = (to - from) / (position(high) - position(low))
  return { low, high, at: (value) => from + (position(value) - position(low)) * scale }
}

/** From the lowest to the highest; `none` where there are no values. */
function extent(values: readonly number[], none: [number, number]): [number, number] {
  if (values.length === 0) return none
  let [low, high] = [values[0], values[0]]
  for (const value of values) {
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  return [low, high]
}

/** Room above and below the line, but none beyond zero when the line does not cross it. */
function padded([low, high]: readonly [number, number]): [number, number] {
  if (low === high) return low === 0 ? [0, 1] : [low - Math.abs(low) / 2, high + Math.abs(high) / 2]
  const room = 0.06 * (high - low)
  // An axis that is nearly down to zero goes there.
  const bottom = low - room < 0.35 * low ? 0 : low - room
  return [low < 0 ? low - room : bottom, high <= 0 ? Math.min(0, high + room) : high + room]
}

function logRange([low, high]: readonly [number, number]): [number, number] {
  const room = Math.max(high ** 0.06 / low ** 0.06, 1.2)
  return [Math.max(low / room, Number.MIN_VALUE), Math.min(high * room, Number.MAX_VALUE)]
}

function linePath(
  line: readonly Point[],
  shown: (y: number | null) => y is number,
  atX: (x: number) => number,
  atY: (y: number) => number,
): string {
  let path = ''
  let pen = 'M'
  for (const { x, y } of line) {
    if (!shown(y)) {
      pen = 'M'
      continue
    }
    path += `${pen}${round(atX(x))} ${round(atY(y))}`
    pen = 'L'
  }
  return path
}

function horizontal({ label }: Tick, y: number): Markup {
  return html`<path class="chart-grid" d="M${LEFT} ${round(y)}H${RIGHT}"/><text class="chart-tick" x="${LEFT - 6}" y="${round(y + 4)}" text-anchor="end">${label}</text>`
}

function mark(x: number, label: string | null): Markup {
  const [side, anchor] = x > (LEFT + RIGHT) / 2 ? [-4, 'end'] : [4, 'start']
  return html`<path class="chart-mark${label ? ' named' : ''}" d="M${round(x)} ${TOP}V${BOTTOM}"/>${label && html`<text class="chart-tick" x="${round(x + side)}" y="${TOP + 9}" text-anchor="${anchor}">${label}</text>`}`
}

function marker(tone: Series['tone'], x: number, y: number): Markup {
  const [cx, cy] = [round(x), round(y)]
  if (tone === 'forget') return html`<circle class="dot forget" cx="${cx}" cy="${cy}" r="4"/>`
  if (tone === 'retain')
    return html`<path class="dot retain" d="M${cx} ${round(y - 5)}l5 5l-5 5l-5 -5z"/>`
  return html`<path class="dot neutral" d="M${round(x - 4)} ${round(y - 4)}h8v8h-8z"/>`
}

function legend({ series }: LineChart, shown: (y: number | null) => y is number): Markup[] {
  return series.map(({ name, tone, points }, i) => {
    const x = (i * RIGHT) / Math.max(series.length, 2)
    const last = points.findLast(({ y }) => shown(y))?.y
    return html`<path class="line ${tone}" d="M${round(x)} 34h18"/>${marker(tone, x + 9, 34)}<text class="chart-legend" x="${round(x + 24)}" y="38">${name} <tspan class="chart-last">${last === undefined || last === null ? '' : compact(last)}</tspan></text>`
  })
}

function describe(
  { title, unit, xLabel, series }: LineChart,
  shown: (y: number | null) => y is number,
): string {
  const lines = series.map(({ name, points }) => {
    const values = points.map(({ y }) => y).filter(shown)
    return values.length === 0
      ? `${name}: no values`
      : `${name} from ${compact(values[0])} to ${compact(values.at(-1)!)}`
  })
  return `${title}${unit ? ` in ${unit}` : ''} by ${xLabel}: ${lines.join(', ')}.`
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
