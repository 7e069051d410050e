import { bootstrapInterval, type Interval } from './bootstrap.ts'
import type { Direction } from './metric.ts'
import { metrics } from './metrics.ts'
import type { EvaluationRecord, EvaluationSet } from './record.ts'

/** One metric over one set: `key` is `forget.rougeL`. */
export interface MetricSummary {
  key: string
  set: EvaluationSet
  value: number
  interval: Interval
  /** number of records */
  count: number
  direction: Direction
}

/**
 * Every metric over every set that has records, with its 95 % bootstrap interval.
 *
 * @param records  of one model; both sets may be mixed
 * @param seed     of the bootstrap draws
 */
export function summarise(records: readonly EvaluationRecord[], seed: number): MetricSummary[] {
  const summaries: MetricSummary[] = []
  for (const set of ['forget', 'retain'] as const) {
    const own = records.filter((record) => record.set === set)
    if (own.length === 0) continue
    for (const metric of metrics.values()) {
      const interval = bootstrapInterval(own.map(metric.score), { seed })
      summaries.push({
        key: `${set}.${metric.id}`,
        set,
        value: metric.compute(own),
        interval,
        count: own.length,
        direction: metric.direction[set],
      })
    }
  }
  return summaries
}

/**
 * How much every metric changed, with the 95 % interval of the paired change.
 *
 * `change = mean_i (score_after,i − score_before,i)` over the examples that both have, matched by set and index.
 *
 * @param before, after  records of the two models
 * @param seed           of the bootstrap draws
 */
export function summariseChange(
  before: readonly EvaluationRecord[],
  after: readonly EvaluationRecord[],
  seed: number,
): MetricSummary[] {
  const summaries: MetricSummary[] = []
  for (const set of ['forget', 'retain'] as const) {
    const earlier = new Map(before.filter((r) => r.set === set).map((r) => [r.index, r]))
    const pairs = after.flatMap((record) => {
      const match = record.set === set ? earlier.get(record.index) : undefined
      return match ? [[match, record] as const] : []
    })
    if (pairs.length === 0) continue
    for (const metric of metrics.values()) {
      const changes = pairs.map(([old, now]) => metric.score(now) - metric.score(old))
      summaries.push({
        key: `${set}.${metric.id}`,
        set,
        value: changes.reduce((sum, change) => sum + change, 0) / changes.length,
        interval: bootstrapInterval(changes, { seed }),
        count: pairs.length,
        direction: metric.direction[set],
      })
    }
  }
  return summaries
}
