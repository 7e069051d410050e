import { z } from 'zod'
import { activationDistance } from './activation-distance.ts'
import { activationLayer, layerKnob } from './activation-layer.ts'
import { defineLoss } from './loss.ts'

const schema = z.strictObject({
  layer: layerKnob,
  variant: z
    .enum(['released'])
    .optional()
    .describe(
      'released: h where an answer token has been read, and sums of squares and answer lengths averaged apart, as in open-unlearning',
    ),
})

/**
 * Keeps what the model thinks of the retain set, at one layer, where it was.
 *
 * h and h0 the residual stream after a layer where it predicts an answer token, of the current and the starting model;
 * n_b the answer tokens of sequence b, B the sequences of the whole step.
 *
 * Reads `activations(layer)` and `referenceActivations(layer)` `[answers, dim]`, `sequenceLength` and `sequenceWeight`
 * `[batch]`; returns a scalar in units of activation², 0 where the model has not moved.
 *
 * Differs from the original code, which averages over all tokens, prompt and padding too. Variant `released` as that of `rmu`.
 */
export const activationMatch = defineLoss({
  id: 'activation-match',
  title: 'Distance of activations from the starting model',
  source:
    'Li et al. 2024, arXiv:2403.03218; locuslab/open-unlearning src/trainer/unlearn/rmu.py (EMBED_DIFF)',
  formula: 'L = (1/B)·Σ_b (1/n_b)·Σ_t (1/d)·‖h_t − h0_t‖², h after layer `layer`',
  goal: 'retain',
  reduction: 'sequence-mean',
  needs: { activations: true, referenceActivations: true },
  unit: 'activation²',
  schema,
  variants: ['released'],
  positions: ({ variant }) => (variant === 'released' ? 'read' : 'answers'),
  activationLayer,
  build(context, { variant, ...knobs }) {
    const layer = activationLayer(knobs, context.layers)
    return activationDistance(
      context,
      context.activations(layer),
      context.referenceActivations(layer),
      variant === 'released',
    )
  },
})
