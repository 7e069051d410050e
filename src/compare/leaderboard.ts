import type { Benchmark } from '../measure/benchmark.ts'
import type { BenchmarkResult } from '../measure/results.ts'
import { brokenReason } from '../measure/trust.ts'
import { type Spread, spreadOf } from './seed-spread.ts'

/** One trained and evaluated seed of a row. */
export interface LeaderboardSeed {
  readonly seed: number
  /** null where the run left no model; `trouble` says why */
  readonly values: Readonly<Record<string, number | null>> | null
  readonly trouble: string | null
  /** why the model counts as broken, or null */
  readonly broken: string | null
  readonly stepMilliseconds: number | null
  readonly peakBytes: number | null
}

/** One row: a method with its settings. */
export interface LeaderboardRow {
  readonly name: string
  /** as `method=` takes it */
  readonly method: string
  /** `path=value` texts that set it apart from the recipe */
  readonly settings: readonly string[]
  readonly seeds: readonly LeaderboardSeed[]
}

/** The content of `leaderboard.json`: everything that tables and figures are made of. */
export interface Leaderboard {
  /** The whole benchmark, so that a row can be made again without its file. */
  readonly benchmark: Benchmark
  readonly command: string
  /** the study whose steps the rows are, or null */
  readonly study: string | null
  /** `path=value` texts of all rows */
  readonly sets: readonly string[]
  /** modules that were loaded beside those of recipes; not written where there are none */
  readonly plugins?: readonly string[]
  /** The recipe that all rows share, resolved. */
  readonly recipe: string
  readonly identity: Readonly<Record<string, unknown>>
  readonly references: Readonly<Record<string, Readonly<Record<string, number | null>> | null>>
  readonly rows: readonly LeaderboardRow[]
}

/** Plain values of results, and whether they are those of a broken model. */
export function seedOf(
  benchmark: Benchmark,
  results: readonly BenchmarkResult[],
  run: Pick<LeaderboardSeed, 'seed' | 'stepMilliseconds' | 'peakBytes'>,
): LeaderboardSeed {
  return {
    ...run,
    values: Object.fromEntries(results.map(({ key, value }) => [key, value])),
    trouble: null,
    broken: brokenReason(benchmark.ranking, results),
  }
}

/** A value over the seeds that have one; null where none has. */
export function seedSpread({ seeds }: LeaderboardRow, key: string): Spread | null {
  const values = seeds.map(({ values: own }) => own?.[key])
  return spreadOf(values.filter((value) => typeof value === 'number'))
}

/** Lists what is wrong with a row: a run that left no model, or a model that no longer works. */
export function rowTroubles({ seeds }: LeaderboardRow): string[] {
  return seeds.flatMap(({ seed, trouble, broken }) =>
    trouble || broken ? [`seed ${seed}: ${trouble ?? broken}`] : [],
  )
}

/**
 * Rows from best to worst by the benchmark's score (else its utility): first those whose every seed works, then those with
 * a broken seed, last those without any model. A broken model never stands above a working one.
 */
export function rankedRows({ ranking }: Benchmark, { rows }: Leaderboard): LeaderboardRow[] {
  const key = ranking.score ?? ranking.utility
  const tier = (row: LeaderboardRow) => {
    if (row.seeds.every(({ values }) => values === null)) return 2
    return rowTroubles(row).length > 0 ? 1 : 0
  }
  const score = (row: LeaderboardRow) => seedSpread(row, key)?.mean ?? Number.NEGATIVE_INFINITY
  return [...rows].sort((a, b) => tier(a) - tier(b) || score(b) - score(a))
}
