import { z } from 'zod'
import { add, mul, sign, sub } from '../../graph/index.ts'
import { defineOptimizer } from './optimizer.ts'

const schema = z.strictObject({
  momentum: z
    .number()
    .min(0)
    .lt(1)
    .default(0.9)
    .describe('decay of the running mean of gradients; 0: the sign of each gradient'),
  weightDecay: z
    .number()
    .min(0)
    .default(0.01)
    .describe('share of each weight taken off per step, times the learning rate; decoupled'),
})

/**
 * signSGD with momentum: every weight moves by the learning rate, one way or the other.
 *
 * Slot: `momentum` m. η is the learning rate, μ `momentum`, λ `weightDecay`. A gradient of one bit: unlearning by it is
 * reported to be harder to undo by relearning or quantisation.
 *
 * Numerics: f32; sign 0 is 0. Clipping the direction changes nothing but rounding.
 */
export const signSgd = defineOptimizer({
  id: 'sign-sgd',
  title: 'signSGD with momentum',
  source:
    'Bernstein et al. 2018, arXiv:1802.04434; Lang et al. 2025 (Downgrade to Upgrade), arXiv:2510.00761',
  formula: 'm ← m + (1 − μ)(g − m), p ← p − η·(sign m + λ·p)',
  schema,
  slots: ['momentum'],
  scalarNames: ['gain', 'stepSize', 'decay'],

  scalars: ({ momentum, weightDecay }, learningRate) => ({
    gain: 1 - momentum,
    stepSize: learningRate,
    decay: learningRate * weightDecay,
  }),

  update({ parameter, gradient, slots, scalars }) {
    const { gain, stepSize, decay } = scalars
    const momentum = add(slots.momentum, mul(sub(gradient, slots.momentum), gain))
    const move = add(mul(parameter, decay), mul(sign(momentum), stepSize))
    return { parameter: sub(parameter, move), slots: { momentum } }
  },

  updateArrays({ parameter, gradient, slots, scalars }) {
    const f32 = Math.fround
    const [gain, stepSize, decay] = [scalars.gain, scalars.stepSize, scalars.decay].map(f32)
    const { momentum } = slots
    for (let i = 0; i < parameter.length; i++) {
      const p = parameter[i]
      momentum[i] = f32(momentum[i] + f32(f32(gradient[i] - momentum[i]) * gain))
      const step = f32(Math.sign(momentum[i]) * stepSize)
      parameter[i] = f32(p - f32(f32(p * decay) + step))
    }
  },
})
