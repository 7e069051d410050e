import type { Combiner } from '../parts/combine/combiner.ts'
import type { Loss } from '../parts/loss/loss.ts'

/** What a method costs beyond ordinary training on the same sequences. */
export interface Cost {
  /**
   * Backward passes per micro-batch: 1 over both groups together, or one over each, where the tokens are the same;
   * more, at most this many, where the combiner looks at other weights.
   */
  readonly backwardPasses: number
  /** Gradient buffers, each of the size of the trainable parameters, beyond the one that training has. */
  readonly extraGradientBuffers: number
  /** Sequences that go through the model for each forget example: its own, and the one that is preferred to it. */
  readonly forgetSequences: 1 | 2
  /**
   * What the starting model must supply: nothing, one score per example before training, or activations or a
   * distribution per answer token in each step, for which its weights are kept.
   */
  readonly reference: 'none' | 'scores' | 'activations' | 'distributions'
}

/** The cost that follows from the parts. */
export function costOf(
  forget: Loss,
  retain: Loss | null,
  combiner: Combiner,
  gradients: Combiner['gradients'] = combiner.gradients,
): Cost {
  const separate = gradients === 'separate'
  const needs = { ...forget.needs, ...retain?.needs }
  return {
    backwardPasses: (separate ? 2 : 1) + (combiner.refinement?.backwardPasses ?? 0),
    forgetSequences: needs.preferred ? 2 : 1,
    extraGradientBuffers: (separate ? 1 : 0) + (combiner.refinement?.gradientBuffers ?? 0),
    reference: needs.referenceDistribution
      ? 'distributions'
      : needs.referenceActivations
        ? 'activations'
        : needs.referenceLogProb
          ? 'scores'
          : 'none',
  }
}
