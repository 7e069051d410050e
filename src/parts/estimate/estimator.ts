import type { z } from 'zod'
import { define } from '../../definition.ts'

/** How the gradients of a step are found: by backpropagation, or from losses along random directions. */
export interface GradientEstimator<Schema extends z.ZodObject = z.ZodObject> {
  readonly id: string
  readonly title: string
  readonly source: string
  readonly formula: string
  /** Knobs, each with a default and a description. */
  readonly schema: Schema
  /**
   * Random directions that a step looks along; 0: backpropagation.
   *
   * @param step 1 for the first step
   */
  directions(knobs: z.infer<Schema>, step: number): number
  /** How far it looks, per weight; null where it never does. */
  smoothing(knobs: z.infer<Schema>): number | null
  /** Whether any step backpropagates, and whether any looks along directions. */
  readonly needs: { readonly backward?: true; readonly forward?: true }
}

/** Declares a gradient estimator; the types of its knobs are those of its schema. */
export function defineEstimator<Schema extends z.ZodObject>(
  declaration: GradientEstimator<Schema>,
): GradientEstimator<Schema> {
  return define('estimator', declaration)
}
