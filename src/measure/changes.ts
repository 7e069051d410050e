import { type Interval, percentileInterval } from '../metric/index.ts'
import type { Benchmark } from './benchmark.ts'
import { metricKinds } from './kind/kinds.ts'
import type { SampleRecord } from './record.ts'
import { eachDraw, type Resampling, withoutUndrawn } from './resample.ts'
import { seedInterval } from './seed-interval.ts'
import {
  type AllScores,
  allValues,
  kindOf,
  Missing,
  rowKey,
  scoreAll,
  type Values,
} from './values.ts'

/** The difference of a number between two models, or two groups of models. */
export interface BenchmarkChange {
  readonly key: string
  /** null where it is not a finite number */
  readonly value: number | null
  /** 95 %; null where there is no value, and of p-values */
  readonly interval: Interval | null
  /** Whether the interval holds the spread over seeds: of one model a side it is known of rows only. */
  readonly overSeeds: boolean
}

/**
 * Computes how every metric and composite differs between two groups of models (one each, or seeds): the mean over the models of
 * `to` less that over those of `from`.
 *
 * Only rows that all of them have count, and every draw of the interval takes the same rows of all: for a mean of scores
 * that is the paired change. With several seeds on both sides the interval is that of {@link seedInterval}; with one it is the
 * percentile bootstrap over rows, which says nothing of other seeds.
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
  const valuesOf = (scores: readonly AllScores[], of: Benchmark) =>
    scores.map((own) => allValues(of, own, { neverTrained: null, original: null }, metricKinds))
  const values = valuesOf(scored, benchmark)
  const drawnPart = withoutUndrawn(benchmark, metricKinds)
  const drawn = drawnNumbers(scored, resampling, (scores) => valuesOf(scores, drawnPart))
  const overSeeds = from.length > 1 && to.length > 1
  const split = (numbers: readonly number[]) =>
    [numbers.slice(0, from.length), numbers.slice(from.length)] as const
  const differenceOf = (numbers: readonly number[]) => {
    const [before, after] = split(numbers)
    return mean(after) - mean(before)
  }
  const intervalOf = (key: string, numbers: readonly number[]): Interval | null => {
    if (!(key in drawnPart.metrics || key in drawnPart.composites)) return null
    const draws = drawn.get(key) ?? []
    if (overSeeds) return seedInterval(...split(numbers), draws)
    return percentileInterval((draws.length > 0 ? draws : [numbers]).map(differenceOf))
  }
  return [...values[0].keys()].flatMap((key): BenchmarkChange[] => {
    const numbers = numbersOf(values, key)
    if (numbers)
      return [{ key, value: differenceOf(numbers), interval: intervalOf(key, numbers), overSeeds }]
    const metric = benchmark.metrics[key]
    if (!metric || kindOf(metric, metricKinds).kind.needsNeverTrained) return []
    // Scores without a value are those of a broken model.
    const isScored = scored.every((scores) => !(scores.get(key) instanceof Missing))
    return isScored ? [{ key, value: null, interval: null, overSeeds }] : []
  })
}

/** Every model's value of a key in each draw of the rows. */
function drawnNumbers(
  models: readonly AllScores[],
  resampling: Resampling,
  valuesOf: (drawn: readonly AllScores[]) => readonly Values[],
): ReadonlyMap<string, readonly (readonly number[])[]> {
  const all = new Map<string, (readonly number[])[]>()
  eachDraw(models, resampling, (drawn) => {
    const values = valuesOf(drawn)
    for (const key of values[0].keys()) {
      const numbers = numbersOf(values, key)
      if (!numbers) continue
      const known = all.get(key)
      if (known) known.push(numbers)
      else all.set(key, [numbers])
    }
  })
  return all
}

/** A number of every model; null where one has none. */
function numbersOf(values: readonly Values[], key: string): readonly number[] | null {
  const numbers = values.map((own) => own.get(key))
  return numbers.every((value) => typeof value === 'number') ? numbers : null
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
