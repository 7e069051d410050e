import type { Point } from './line-chart.ts'

/**
 * Centred moving mean over `window` points (odd); at the ends over what is there. Gaps are skipped and stay gaps.
 */
export function movingMean(points: readonly Point[], window: number): Point[] {
  const half = (window - 1) / 2
  // Sums and counts of what comes before each point.
  const sums = new Float64Array(points.length + 1)
  const counts = new Int32Array(points.length + 1)
  for (const [i, { y }] of points.entries()) {
    sums[i + 1] = sums[i] + (isNumber(y) ? y : 0)
    counts[i + 1] = counts[i] + (isNumber(y) ? 1 : 0)
  }
  return points.map(({ x, y }, i) => {
    if (!isNumber(y)) return { x, y: null }
    const [from, to] = [Math.max(0, i - half), Math.min(points.length, i + half + 1)]
    return { x, y: (sums[to] - sums[from]) / (counts[to] - counts[from]) }
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
