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
   * Random directions along which a step displaces the weights; 0: backpropagation.
   *
   * @param step 1 for the first step
   */
  directions(knobs: z.infer<Schema>, step: number): number
  /** How far each weight is displaced; null where none ever is. */
  smoothing(knobs: z.infer<Schema>): number | null
  /** Whether any step backpropagates, and whether any displaces weights along directions. */
  readonly needs: { readonly backward?: true; readonly forward?: true }
}

/** Declares a gradient estimator; the types of its knobs are those of its schema. */
export function defineEstimator<Schema extends z.ZodObject>(
  declaration: GradientEstimator<Schema>,
): GradientEstimator<Schema> {
  return define('estimator', declaration)
}
