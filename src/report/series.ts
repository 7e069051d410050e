import type { Point } from './line-chart.ts'

/**
 * Centred moving mean over `window` points (odd); at the ends over what is there. Gaps are skipped and stay gaps.
 */
export function movingMean(points: readonly Point[], window: number): Point[] {
  const half = (window - 1) / 2
  return points.map(({ x, y }, i) => {
    if (!isNumber(y)) return { x, y: null }
    const near = points.slice(Math.max(0, i - half), i + half + 1).map((point) => point.y)
    const numbers = near.filter(isNumber)
    return { x, y: numbers.reduce((sum, value) => sum + value, 0) / numbers.length }
  })
}

/**
 * At most about `limit` points that look the same: of each bucket the lowest and the highest, so that no spike is lost;
 * a bucket with a gap keeps one.
 */
export function thin(points: readonly Point[], limit: number): Point[] {
  if (points.length <= limit) return [...points]
  const size = Math.ceil((2 * points.length) / limit)
  const kept: Point[] = []
  for (let start = 0; start < points.length; start += size) {
    const bucket = points.slice(start, start + size)
    const gap = bucket.find(({ y }) => !isNumber(y))
    const numbers = bucket.filter(({ y }) => isNumber(y))
    if (gap) kept.push(gap)
    if (numbers.length === 0) continue
    const lowest = numbers.reduce((best, point) => (point.y! < best.y! ? point : best))
    const highest = numbers.reduce((best, point) => (point.y! > best.y! ? point : best))
    kept.push(...new Set([lowest, highest]))
  }
  return kept.sort((a, b) => a.x - b.x)
}

function isNumber(y: number | null): y is number {
  return y !== null && Number.isFinite(y)
}
