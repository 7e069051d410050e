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
