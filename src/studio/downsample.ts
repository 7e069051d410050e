/** A point of a curve. */
export type CurvePoint = readonly [x: number, y: number]

/**
 * At most `2·buckets` points of a curve that keep its look: of each stretch the lowest and the highest, in order; ends stay.
 *
 * @param points  by ascending x; points without a finite y are left out
 * @param buckets how many stretches of equal numbers of points
 */
export function downsample(points: readonly CurvePoint[], buckets: number): CurvePoint[] {
  const finite = points.filter(([, y]) => Number.isFinite(y))
  if (finite.length <= 2 * buckets) return finite
  const kept = new Set<number>([0, finite.length - 1])
  for (let bucket = 0; bucket < buckets; bucket++) {
    const start = Math.floor((bucket * finite.length) / buckets)
    const end = Math.floor(((bucket + 1) * finite.length) / buckets)
    let [low, high] = [start, start]
    for (let i = start; i < end; i++) {
      if (finite[i][1] < finite[low][1]) low = i
      if (finite[i][1] > finite[high][1]) high = i
    }
    kept.add(low)
    kept.add(high)
  }
  return [...kept].sort((a, b) => a - b).map((i) => finite[i])
}
