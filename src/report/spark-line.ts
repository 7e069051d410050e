import type { Point } from './line-chart.ts'
import { Markup } from './markup.ts'

const WIDTH = 96
const HEIGHT = 24

/**
 * Lines without axes, each in its own range, as a whole SVG file: for an `<img>`, which sees no style sheet, so the
 * colours are such that both grounds carry them.
 */
export function sparkLine(
  lines: readonly { readonly tone: 'forget' | 'retain'; readonly points: readonly Point[] }[],
): Markup {
  const colour = { forget: '#d9661f', retain: '#3f93d6' }
  const paths = lines.map(
    ({ tone, points }) =>
      `<path d="${pathOf(points)}" stroke="${colour[tone]}"${tone === 'retain' ? ' stroke-dasharray="4 2"' : ''}/>`,
  )
  return new Markup(
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}"><g fill="none" stroke-width="1.5" stroke-linejoin="round">${paths.join('')}</g></svg>`,
  )
}

function pathOf(points: readonly Point[]): string {
  const shown = points.filter(
    (point): point is { x: number; y: number } => point.y !== null && Number.isFinite(point.y),
  )
  if (shown.length < 2) return ''
  const range = (values: readonly number[]) => [Math.min(...values), Math.max(...values)] as const
  const [left, right] = range(shown.map(({ x }) => x))
  const [low, high] = range(shown.map(({ y }) => y))
  const at = (value: number, from: number, to: number, length: number) =>
    to === from ? length / 2 : ((value - from) / (to - from)) * length
  const place = ({ x, y }: { x: number; y: number }) => {
    const across = at(x, left, right, WIDTH - 2) + 1
    const down = HEIGHT - 2 - at(y, low, high, HEIGHT - 4)
    return `${across.toFixed(1)} ${down.toFixed(1)}`
  }
  return `M${shown.map(place).join('L')}`
}
