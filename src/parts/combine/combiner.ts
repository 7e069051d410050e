import type { z } from 'zod'
import { define } from '../../definition.ts'
import type { Gram } from './gram.ts'
import type { CombinerState, Refinement } from './refinement.ts'
import type { Coefficients } from './weighted-gradients.ts'

export type { CombinerState }

/**
 * By what inner product gradients are compared: `Σ f·r`, or `Σ P·f·r` with the preconditioner P of the optimiser's step, in
 * which `⟨g, u⟩` is how much that step lowers the loss of g, to first order.
 */
export type Metric = 'euclidean' | 'optimizer'

/** Losses of one step, over all its micro-batches, at the weights before it. */
export interface StepLosses {
  readonly forget: number
  readonly retain: number
}

/** What is known when the direction is chosen. */
export interface CombinerInput {
  /** Inner products of this step's gradients, in the combiner's metric; null for a fused combiner, which is asked before the backward pass. */
  readonly gram: Gram | null
  /** null for a fused combiner. */
  readonly losses: StepLosses | null
}

/**
 * A rule that makes one direction of the forget and the retain gradient.
 *
 * The direction is linear in the gradients, with coefficients that depend only on their Gram matrix, the losses and
 * a small state. Gradients are complete (all micro-batches) before they are combined.
 */
export interface Combiner<Schema extends z.ZodObject = z.ZodObject> {
  readonly id: string
  readonly title: string
  readonly source: string
  readonly formula: string
  /** Knobs, each with a default and a description; `variant` among them where there are variants. */
  readonly schema: Schema
  /** Other forms that were published or released under the same name; none chosen means the formula. */
  readonly variants?: readonly string[]
  /**
   * `fused`: coefficients are known beforehand, so one backward pass over the weighted sum of losses is enough.
   * `separate`: one gradient per group, then their Gram matrix.
   */
  readonly gradients: 'fused' | 'separate'
  /** Where it depends on knobs; `gradients` is what the defaults give. */
  gradientsFor?(knobs: z.infer<Schema>): 'fused' | 'separate'
  /**
   * The metric of the Gram matrix that it is given; left out: euclidean. The optimiser's depends on the step that the
   * coefficients make, so they are asked for again until both agree.
   */
  metricFor?(knobs: z.infer<Schema>): Metric
  /** Of a separate combiner that needs gradients at other weights too: made before the Gram matrix is taken. */
  readonly refinement?: Refinement<z.infer<Schema>>
  /** Its state holds `share`, of a step that forgets, by which a goal steers. */
  readonly steered?: true
  init(knobs: z.infer<Schema>): CombinerState
  coefficients(
    input: CombinerInput,
    knobs: z.infer<Schema>,
    state: CombinerState,
  ): Coefficients & { readonly state: CombinerState }
  /**
   * What to remember once a step is made: how a fused combiner learns from losses. Gets the state that `coefficients`
   * returned; not asked where a loss or the direction was not finite, or where there is only one loss.
   */
  after?(losses: StepLosses, knobs: z.infer<Schema>, state: CombinerState): CombinerState
}

/** Declares a combiner; the types of its knobs are those of its schema. */
export function defineCombiner<Schema extends z.ZodObject>(
  declaration: Combiner<Schema>,
): Combiner<Schema> {
  return define('combiner', declaration)
}
