import type { EvaluationRecord, EvaluationSet } from './record.ts'

/** Which way is better: down, up, or towards the metric's reference value. */
export type Direction = 'lower' | 'higher' | 'target'

/** A number that says how much is still known, computed from stored records only. */
export interface Metric {
  /** the part after the dot in `forget.rougeL` */
  id: string
  title: string
  /** `share` for a number in [0, 1] */
  unit: string
  /** depends on the set: forgetting wants down what keeping wants up */
  direction: Readonly<Record<EvaluationSet, Direction>>
  /** where `target` points */
  reference?: Readonly<Partial<Record<EvaluationSet, number>>>
  /** one sentence: what exactly is measured, and from which paper or code */
  description: string
  /** value of one record */
  score(record: EvaluationRecord): number
  /** value of a set of records */
  compute(records: readonly EvaluationRecord[]): number
}

/** A metric whose value over a set is the mean of its per-record scores. */
export function meanMetric(metric: Omit<Metric, 'compute'>): Metric {
  return {
    ...metric,
    compute: (records) =>
      records.reduce((sum, record) => sum + metric.score(record), 0) / records.length,
  }
}
