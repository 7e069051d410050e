import { z } from 'zod'
import { mul, reshape, scale, sqrt, square, sum } from '../../graph/index.ts'
import { activationDistance } from './activation-distance.ts'
import { activationLayer, layerKnob } from './activation-layer.ts'
import { defineLoss } from './loss.ts'
import { controlVector } from './rmu.ts'

const schema = z.strictObject({
  layer: layerKnob,
  steeringScale: z
    .number()
    .positive()
    .default(5)
    .describe('length of the control vector, in lengths of the starting model’s activations'),
  controlSeed: z.int().nonnegative().default(0).describe('seed of the control vector’s direction'),
})

/**
 * RMU whose control vector is as long as the model's own activations make it, so that no length has to be found by hand.
 *
 * r is drawn from `controlSeed`; h and h0 the residual stream after a layer where it predicts an answer token, of the
 * current and the starting model.
 *
 * Reads `activations(layer)` and `referenceActivations(layer)` `[answers, dim]`, `sequenceLength` and `sequenceWeight`
 * `[batch]`; returns a scalar in units of activation².
 *
 * Differs from the released code, which takes the mean length over the first forget batch of each topic, measured anew
 * in every epoch on the model that is trained, so that the target grows by the scale each time; and which has a control
 * vector for each of the three topics of its task. Here the length is that of each token in the starting model.
 */
export const adaptiveRmu = defineLoss({
  id: 'adaptive-rmu',
  title: 'Representation misdirection by the model’s own scale',
  source:
    'Dosajh and Sanghi 2025 (Mr. Snuffleupagus at SemEval-2025 Task 4), arXiv:2506.16548; ArjunDosajh/Mr.Snuffleupagus-SemEval-2025-Task-4 unlearn_submission.py (116bf41)',
  formula:
    'L = (1/B)·Σ_b (1/n_b)·Σ_t (1/d)·‖h_t − steeringScale·‖h0_t‖·r/‖r‖‖², r ~ U[0,1)^d, h after layer `layer`',
  goal: 'forget',
  reduction: 'sequence-mean',
  needs: { activations: true, referenceActivations: true },
  unit: 'activation²',
  schema,
  activationLayer,
  build(context, { steeringScale, controlSeed, ...knobs }) {
    const layer = activationLayer(knobs, context.layers)
    const lengths = sqrt(sum(square(context.referenceActivations(layer)), [1]))
    const direction = controlVector(context.dim, 1, controlSeed)
    const target = mul(reshape(scale(lengths, steeringScale), ['answers', 1]), direction)
    return activationDistance(context, context.activations(layer), target)
  },
})
