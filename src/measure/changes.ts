import type { Interval } from '../metric/index.ts'
import type { Benchmark } from './benchmark.ts'
import { metricKinds } from './kind/kinds.ts'
import type { SampleRecord } from './record.ts'
import { type Resampling, resampledIntervals } from './resample.ts'
import {
  type AllScores,
  allValues,
  kindOf,
  Missing,
  rowKey,
  scoreAll,
  type Value,
  type Values,
} from './values.ts'

/** The difference of a number between two models, or two groups of models. */
export interface BenchmarkChange {
  readonly key: string
  /** null where it is not a finite number */
  readonly value: number | null
  /** 95 %, bootstrap over rows: it says nothing of seeds */
  readonly interval: Interval | null
}

/**
 * Computes how every metric and composite differs between two groups of models (one each, or seeds): the mean over the models of
 * `to` less that over those of `from`.
 *
 * Only rows that all of them have count, and every draw of the interval takes the same rows of all: for a mean of scores
 * that is the paired change.
 *
 * @returns empty where there is no model on a side, or no row in common; nothing for a metric without records
 */
export function benchmarkChanges(
  benchmark: Benchmark,
  from: readonly (readonly SampleRecord[])[],
  to: readonly (readonly SampleRecord[])[],
  resampling: Resampling = {},
): BenchmarkChange[] {
  const common = commonRows([...to, ...from])
  if (from.length === 0 || to.length === 0 || common.length === 0) return []
  const scored = [...from, ...to].map((records) => {
    const byRow = new Map(records.map((record) => [rowKey(record), record]))
    const own = common.map((key) => byRow.get(key) as SampleRecord)
    return scoreAll(benchmark, own, new Map(), metricKinds)
  })
  const difference = (scores: readonly AllScores[]): Values => {
    const values = scores.map((own) =>
      allValues(benchmark, own, { neverTrained: null, original: null }, metricKinds),
    )
    return new Map(
      [...values[0].keys()].map((key): [string, Value] => {
        const all = values.map((each) => each.get(key) as Value)
        const missing = all.find((value) => value instanceof Missing)
        if (missing) return [key, missing]
        const numbers = all as number[]
        return [key, mean(numbers.slice(from.length)) - mean(numbers.slice(0, from.length))]
      }),
    )
  }
  const intervals = resampledIntervals(scored, difference, resampling)
  return [...difference(scored)].flatMap(([key, value]): BenchmarkChange[] => {
    if (typeof value === 'number')
      return [{ key, value, interval: intervals.get(key) ?? [value, value] }]
    const metric = benchmark.metrics[key]
    if (!metric || kindOf(metric, metricKinds).kind.needsNeverTrained) return []
    // Scores without a value are those of a broken model.
    const isScored = scored.every((scores) => !(scores.get(key) instanceof Missing))
    return isScored ? [{ key, value: null, interval: null }] : []
  })
}

/** The rows that all models were asked, in the order of the first. */
function commonRows(models: readonly (readonly SampleRecord[])[]): string[] {
  const [first = [], ...rest] = models.map((records) => records.map(rowKey))
  const others = rest.map((keys) => new Set(keys))
  return first.filter((key) => others.every((keys) => keys.has(key)))
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
