import type { z } from 'zod'
import { define } from '../../definition.ts'

/** A way to make one tensor of several that were trained from the same one. */
export interface MergeRule<Schema extends z.ZodObject = z.ZodObject> {
  readonly id: string
  readonly title: string
  readonly source: string
  readonly formula: string
  /** Knobs, each with a default and a description. */
  readonly schema: Schema
  /**
   * @param base    the tensor that all were trained from
   * @param tuned   at least one of the same length
   * @param weights one per tuned tensor
   */
  merge(
    base: Float32Array,
    tuned: readonly Float32Array[],
    weights: readonly number[],
    knobs: z.infer<Schema>,
  ): Float32Array
}

/** Declares a merge rule; the types of its knobs are those of its schema. */
export function defineMergeRule<Schema extends z.ZodObject>(
  declaration: MergeRule<Schema>,
): MergeRule<Schema> {
  return define('merge rule', declaration)
}
