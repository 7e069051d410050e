import type { z } from 'zod'
import { define } from '../../definition.ts'
import type { Doubt } from '../doubts.ts'
import type { SampleRecord } from '../record.ts'

/** Scores of records by set, in the order of the records; null for a record that is left out. */
export type Scores = Readonly<Record<string, readonly (number | null)[]>>

/** A text, or one that depends on the options. */
type Wording<Options> = string | ((options: Options) => string)

/**
 * A way to make one number of records: first one score a record, then one value of all scores. Bootstrap intervals draw
 * scores again without scoring again.
 */
export interface MetricKind<Options = unknown> {
  readonly id: string
  readonly title: Wording<Options>
  /** `share` for numbers in [0, 1]; `p-value`, `%`, `bits`, … */
  readonly unit: string
  /** one sentence: what exactly is measured */
  readonly description: Wording<Options>
  readonly source: string
  readonly schema: z.ZodType<Options>
  /** Whether a value exists only beside that of the model never trained on the forget set. */
  readonly needsNeverTrained?: true
  /** That a bootstrap interval would mislead, as of a p-value: it is that of the rows at hand, and of other rows another test. */
  readonly withoutInterval?: true
  /** What is no longer unknown of a model once this has a value. */
  readonly settles?: readonly Doubt[]
  /** Which sets it reads. */
  sets(options: Options): readonly string[]
  /**
   * One record's score: null leaves the record out, NaN is that of a broken model, and the value is then none.
   *
   * @param neverTrained the same row's record of the model never trained on the forget set, where there is one
   * @throws RangeError where the record, or that one, lacks what is needed
   */
  score(record: SampleRecord, options: Options, neverTrained: SampleRecord | null): number | null
  /** The value; `neverTrained` are the same scores of that model. */
  value(scores: Scores, options: Options, neverTrained: Scores | null): number
}

/** What a benchmark can be measured by, by id. */
export type MetricKinds = ReadonlyMap<string, MetricKind>

/** Keeps the type of the options; registries hold kinds of any. */
export function defineKind<Options>(kind: MetricKind<Options>): MetricKind {
  return define('metric', kind) as MetricKind
}

/** A kind whose value is the mean of the scores of one set, which its options name. */
export function defineMean<Options extends { readonly set: string }>(
  kind: Omit<MetricKind<Options>, 'sets' | 'value'>,
): MetricKind {
  return defineKind<Options>({
    ...kind,
    sets: ({ set }) => [set],
    value: (scores, { set }) => meanOf(scores[set]),
  })
}

/** The scores of the records that are not left out. */
export function counted(scores: readonly (number | null)[]): number[] {
  return scores.filter((score) => score !== null)
}

/**
 * The mean of the scores of records that are not left out.
 *
 * @throws RangeError without any
 */
export function meanOf(scores: readonly (number | null)[]): number {
  const all = counted(scores)
  if (all.length === 0) throw new RangeError('mean: expected at least one score, got none')
  return all.reduce((sum, score) => sum + score, 0) / all.length
}
