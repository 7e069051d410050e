import { exactMatch } from './exact-match.ts'
import type { Metric } from './metric.ts'
import { probability } from './probability.ts'
import { repetition } from './repetition-metric.ts'
import { rougeRecall } from './rouge-recall.ts'

/** Every metric on evaluation records by id, in the order in which tables show them. */
export const metrics: ReadonlyMap<string, Metric> = new Map(
  [probability, rougeRecall, exactMatch, repetition].map((metric) => [metric.id, metric]),
)
