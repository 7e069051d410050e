import { integer, type Stream } from '../math/random.ts'

/** Lower and upper end of a 95 % interval. */
export type Interval = readonly [low: number, high: number]

/**
 * 95 % percentile bootstrap interval of a mean.
 *
 * `resamples` times, draw `n` of the `n` scores with replacement and take their mean; the interval is the 2.5 % and the
 * 97.5 % quantile of these means (linear between order statistics). Of per-example differences it is the interval of a
 * paired change.
 *
 * @param scores     one finite number per example
 * @param options    `seed` of the draws; `resamples`, 1000 unless told: more is smoother and slower
 * @throws RangeError on an empty list
 * Numerics: a NaN among the scores makes both ends NaN; the interval says how much the mean depends on which examples were drawn, not on seeds of training.
 * Source: Efron 1979; MUSE (arXiv:2407.06460) uses the same interval with 9,999 resamples.
 */
export function bootstrapInterval(
  scores: ArrayLike<number>,
  { seed, resamples = 1000 }: { seed: number; resamples?: number },
): Interval {
  const size = scores.length
  if (size === 0) throw new RangeError('bootstrap: expected at least one score, got 0')
  const means = new Float64Array(resamples)
  for (let resample = 0; resample < resamples; resample++) {
    let sum = 0
    for (const place of drawnPlaces(size, resample, { seed })) sum += scores[place]
    means[resample] = sum / size
  }
  return percentileInterval(means)
}

/**
 * Places of one resample: `size` of `size`, with replacement.
 *
 * @param resample  its number; the same seed, stream and number give the same places
 */
export function drawnPlaces(
  size: number,
  resample: number,
  { seed, stream = ['bootstrap'] }: { seed: number; stream?: Stream },
): Int32Array {
  return Int32Array.from({ length: size }, (_, i) =>
    integer(seed, stream, resample * size + i, size),
  )
}

/** The 2.5 % and 97.5 % quantiles of values, linear between order statistics; both NaN when one value is. */
export function percentileInterval(values: ArrayLike<number>): Interval {
  const sorted = Float64Array.from(values).sort()
  if (sorted.some(Number.isNaN)) return [Number.NaN, Number.NaN]
  return [quantile(sorted, 0.025), quantile(sorted, 0.975)]
}

function quantile(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length - 1)
  const low = Math.floor(position)
  const high = Math.min(low + 1, sorted.length - 1)
  return sorted[low] + (position - low) * (sorted[high] - sorted[low])
}
