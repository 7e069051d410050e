import { studentQuantile } from '../math/student-t.ts'
import type { BenchmarkResult } from '../measure/results.ts'
import { type LeaderboardRow, seedSpread } from './leaderboard.ts'
import type { Spread } from './seed-spread.ts'

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
 * The band holds 95 % of further seeds, `t·s·√(1 + 1/K)` of K published ones with standard deviation s and Student's t, or half of
 * the new value's 95 % bootstrap interval where that is more: with one published seed nothing else is known.
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
    const band = Math.max(furtherSeeds(published), (high - low) / 2)
    const got = result?.value ?? null
    const reproduced = got !== null && Math.abs(got - published.mean) <= band
    return [{ key, expected: published.mean, band, got, reproduced }]
  })
}

/** How far one more seed may be from the mean of those that are known, with 95 %; 0 where they have no spread. */
function furtherSeeds({ deviation, count }: Spread): number {
  return deviation === null ? 0 : studentQuantile(count - 1) * deviation * Math.sqrt(1 + 1 / count)
}
