import { z } from 'zod'
import { add, mul, sub } from '../../graph/index.ts'
import { defineOptimizer } from './optimizer.ts'

const schema = z.strictObject({
  momentum: z
    .number()
    .min(0)
    .lt(1)
    .default(0.9)
    .describe('share of the last direction that is kept'),
  weightDecay: z
    .number()
    .min(0)
    .default(0)
    .describe('share of each weight that is added to its gradient'),
})

/**
 * Stochastic gradient descent with momentum.
 *
 * Slot: `momentum` m. η is the learning rate, μ `momentum`, λ `weightDecay`. With μ = 0 it is plain descent.
 *
 * Numerics: f32 throughout, scalars computed in float64 and rounded once.
 * Differs from `torch.optim.SGD` (dampening 0, no Nesterov): the order of rounding only.
 */
export const sgd = defineOptimizer({
  id: 'sgd',
  title: 'SGD with momentum',
  source: 'Polyak 1964; pytorch torch/optim/sgd.py',
  formula: 'm ← μ·m + (g + λ·p), p ← p − η·m',
  schema,
  slots: ['momentum'],
  scalarNames: ['kept', 'decay', 'stepSize'],

  scalars: ({ momentum, weightDecay }, learningRate) => ({
    kept: momentum,
    decay: weightDecay,
    stepSize: learningRate,
  }),

  update({ parameter, gradient, slots, scalars }) {
    const full = add(gradient, mul(parameter, scalars.decay))
    const momentum = add(mul(slots.momentum, scalars.kept), full)
    return { parameter: sub(parameter, mul(momentum, scalars.stepSize)), slots: { momentum } }
  },

  updateArrays({ parameter, gradient, slots, scalars }) {
    const f32 = Math.fround
    const [kept, decay, stepSize] = [scalars.kept, scalars.decay, scalars.stepSize].map(f32)
    const { momentum } = slots
    for (let i = 0; i < parameter.length; i++) {
      const p = parameter[i]
      const full = f32(gradient[i] + f32(p * decay))
      momentum[i] = f32(f32(momentum[i] * kept) + full)
      parameter[i] = f32(p - f32(momentum[i] * stepSize))
    }
  },

  preconditioner: (_, out) => void out.fill(1),
})
