import { z } from 'zod'
import { constant } from '../../graph/index.ts'
import { uniform } from '../../math/random.ts'
import { activationDistance } from './activation-distance.ts'
import { activationLayer, layerKnob } from './activation-layer.ts'
import { defineLoss } from './loss.ts'

const schema = z.strictObject({
  layer: layerKnob,
  steering: z
    .number()
    .positive()
    .default(20)
    .describe('length of the control vector that activations are pushed to; set it per model'),
  controlSeed: z.int().nonnegative().default(0).describe('seed of the control vector’s direction'),
  variant: z
    .enum(['released'])
    .optional()
    .describe(
      'released: h where an answer token has been read, one position later, and sums of squares and answer lengths averaged apart, as in open-unlearning',
    ),
})

/**
 * Representation misdirection: pushes what the model thinks of the forget set, at one layer, to one random direction.
 *
 * r is drawn from `controlSeed`; h the residual stream after a layer where it predicts an answer token, n_b the answer tokens
 * of sequence b, B the sequences of the whole step.
 *
 * Reads `activations(layer)` `[answers, dim]`, `sequenceLength` and `sequenceWeight` `[batch]`; returns a scalar in units of
 * activation². Layers above are never computed.
 *
 * Differs from the original code (centerforaisafety/wmdp), which averages over all tokens, prompt and padding too. Variant
 * `released`, as open-unlearning: h where the model has read an answer token, not where it predicts one; and sums `[B]` are
 * divided by counts `[B, 1]`, which broadcasts to the mean of the sums times the mean of 1/n, equal to the formula where all
 * answers are of one length.
 */
export const rmu = defineLoss({
  id: 'rmu',
  title: 'Representation misdirection (RMU)',
  source:
    'Li et al. 2024, arXiv:2403.03218; rmu/unlearn.py as copied in OptimAI-Lab/BLURLLMUnlearning (075f00e); locuslab/open-unlearning src/trainer/unlearn/rmu.py',
  formula:
    'L = (1/B)·Σ_b (1/n_b)·Σ_t (1/d)·‖h_t − c‖², c = steering·r/‖r‖, r ~ U[0,1)^d, h after layer `layer`',
  goal: 'forget',
  reduction: 'sequence-mean',
  needs: { activations: true },
  unit: 'activation²',
  schema,
  variants: ['released'],
  positions: ({ variant }) => (variant === 'released' ? 'read' : 'answers'),
  activationLayer,
  build(context, { steering, controlSeed, variant, ...knobs }) {
    const activations = context.activations(activationLayer(knobs, context.layers))
    const control = controlVector(context.dim, steering, controlSeed)
    return activationDistance(context, activations, control, variant === 'released')
  },
})

/** `[dim]` of the given length; no entry is negative. */
export function controlVector(dim: number, length: number, seed: number) {
  const direction = Float64Array.from({ length: dim }, (_, i) => uniform(seed, ['control'], i))
  const factor = length / Math.hypot(...direction)
  return constant(
    Float32Array.from(direction, (x) => factor * x),
    [dim],
  )
}
