import type { BenchmarkResult } from '../measure/results.ts'
import { type LeaderboardRow, seedSpread } from './leaderboard.ts'

/** One metric of a row that was made again. */
export interface ReproducedMetric {
  readonly key: string
  readonly expected: number
  /** how far a new value may be from it */
  readonly band: number
  readonly got: number | null
  readonly reproduced: boolean
}

/**
 * Compares a new seed of a row with what was published.
 *
 * The band is twice the standard deviation over the published seeds, or half of the new value's 95 % bootstrap interval
 * where that is more: with one published seed nothing else is known.
 *
 * @param keys    the metrics that decide
 * @param results of the new run; empty where it left no model
 */
export function reproduction(
  row: LeaderboardRow,
  keys: readonly string[],
  results: readonly BenchmarkResult[],
): ReproducedMetric[] {
  return keys.flatMap((key) => {
    const published = seedSpread(row, key)
    if (!published) return []
    const result = results.find((one) => one.key === key)
    const [low, high] = result?.interval ?? [0, 0]
    const band = Math.max(2 * (published.deviation ?? 0), (high - low) / 2)
    const got = result?.value ?? null
    const reproduced = got !== null && Math.abs(got - published.mean) <= band
    return [{ key, expected: published.mean, band, got, reproduced }]
  })
}
