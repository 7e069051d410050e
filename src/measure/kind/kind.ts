import type { z } from 'zod'
import type { SampleRecord } from '../record.ts'

/** Scores of records by set, in the order of the records. */
export type Scores = Readonly<Record<string, readonly number[]>>

/**
 * A way to make one number of records: first one score a record, then one value of all scores. Bootstrap intervals draw
 * scores again without scoring again.
 */
export interface MetricKind<Options = unknown> {
  readonly id: string
  readonly title: string
  /** `share` for numbers in [0, 1] */
  readonly unit: 'share' | 'p-value' | '%' | 'bits'
  /** one sentence: what exactly is measured */
  readonly description: string
  readonly source: string
  readonly schema: z.ZodType<Options>
  /** Whether a value exists only beside that of the model never trained on the forget set. */
  readonly needsNeverTrained?: true
  /** Which sets it reads. */
  sets(options: Options): readonly string[]
  /**
   * One record's score; NaN leaves the record out.
   *
   * @param neverTrained the same row's record of the model never trained on the forget set, where there is one
   * @throws RangeError where the record, or that one, lacks what is needed
   */
  score(record: SampleRecord, options: Options, neverTrained: SampleRecord | null): number
  /** The value; `neverTrained` are the same scores of that model. */
  value(scores: Scores, options: Options, neverTrained: Scores | null): number
}

/** Keeps the type of the options; registries hold kinds of any. */
export function defineKind<Options>(kind: MetricKind<Options>): MetricKind {
  return kind as MetricKind
}

/** The mean of the scores that are numbers. Throws RangeError without any. */
export function meanOf(scores: readonly number[]): number {
  const counted = scores.filter((score) => !Number.isNaN(score))
  if (counted.length === 0) throw new RangeError('mean: expected at least one score, got none')
  return counted.reduce((sum, score) => sum + score, 0) / counted.length
}
