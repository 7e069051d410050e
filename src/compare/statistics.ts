import type { EvaluationRecord } from '../metric/index.ts'
import { bootstrapInterval, type Interval, metrics } from '../metric/index.ts'
import type { ComparedRun } from './compared-run.ts'

/** A number over several seeds. */
export interface Spread {
  readonly mean: number
  /** Standard deviation over seeds (n − 1); null for one. */
  readonly deviation: number | null
  readonly count: number
}

/** @returns null where there is nothing */
export function spreadOf(values: readonly number[]): Spread | null {
  if (values.length === 0) return null
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  const deviation = values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : null
  return { mean, deviation, count: values.length }
}

/** Value of a metric such as `forget.rougeL` over the records of one model; not-a-number without records. */
export function metricValue(key: string, records: readonly EvaluationRecord[]): number {
  const { set, metric } = partsOf(key)
  const own = records.filter((record) => record.set === set)
  return own.length > 0 ? metric.compute(own) : Number.NaN
}

/** A difference of two groups, paired by example. */
export interface PairedChange {
  readonly value: number
  /** 95 %, bootstrap over examples: it says nothing of seeds. */
  readonly interval: Interval
}

/**
 * How a group differs from another in one metric: each example's score, averaged over the seeds of its group, compared
 * with the same example's.
 *
 * @returns null where they have no example in common
 */
export function pairedChange(
  key: string,
  runs: readonly ComparedRun[],
  baseline: readonly ComparedRun[],
  seed: number,
): PairedChange | null {
  const [own, other] = [runs, baseline].map((group) => exampleScores(key, group))
  const changes = [...own].flatMap(([index, score]) => {
    const before = other.get(index)
    return before === undefined ? [] : [score - before]
  })
  if (changes.length === 0) return null
  return {
    value: changes.reduce((sum, change) => sum + change, 0) / changes.length,
    interval: bootstrapInterval(changes, { seed }),
  }
}

/** Mean over runs of each example's score. */
function exampleScores(key: string, runs: readonly ComparedRun[]): Map<number, number> {
  const { set, metric } = partsOf(key)
  const sums = new Map<number, { sum: number; count: number }>()
  for (const { after } of runs)
    for (const record of after) {
      if (record.set !== set) continue
      const known = sums.get(record.index) ?? { sum: 0, count: 0 }
      sums.set(record.index, { sum: known.sum + metric.score(record), count: known.count + 1 })
    }
  return new Map([...sums].map(([index, { sum, count }]) => [index, sum / count]))
}

function partsOf(key: string) {
  const [set, id] = key.split('.')
  const metric = metrics.get(id)
  if (!metric || (set !== 'forget' && set !== 'retain'))
    throw new Error(`internal: no metric ${key}`)
  return { set, metric } as const
}
