import { z } from 'zod'
import { add, mul, sign, sub } from '../../graph/index.ts'
import { defineOptimizer } from './optimizer.ts'

const schema = z.strictObject({
  beta1: z
    .number()
    .min(0)
    .lt(1)
    .default(0.9)
    .describe('share of the running mean in the direction that is taken'),
  beta2: z.number().min(0).lt(1).default(0.99).describe('decay of the running mean of gradients'),
  weightDecay: z
    .number()
    .min(0)
    .default(0.01)
    .describe('share of each weight taken off per step, times the learning rate; decoupled'),
})

/**
 * Lion: the sign of a mixture of gradient and running mean, with one slot where Adam has two.
 *
 * Slot: `momentum` m. η is the learning rate, λ the weight decay. The paper takes a third to a tenth of AdamW's learning
 * rate and three to ten times its weight decay.
 *
 * Numerics: f32 throughout, scalars computed in float64 and rounded once.
 */
export const lion = defineOptimizer({
  id: 'lion',
  title: 'Lion',
  source: 'Chen et al. 2023, arXiv:2302.06675',
  formula: 'p ← p − η·(sign(m + (1 − β1)(g − m)) + λ·p), m ← m + (1 − β2)(g − m)',
  schema,
  slots: ['momentum'],
  scalarNames: ['directionGain', 'restGain', 'stepSize', 'decay'],

  scalars: ({ beta1, beta2, weightDecay }, learningRate) => ({
    directionGain: 1 - beta1,
    restGain: beta1 - beta2,
    stepSize: learningRate,
    decay: learningRate * weightDecay,
  }),

  update({ parameter, gradient, slots, scalars }) {
    const { directionGain, restGain, stepSize, decay } = scalars
    const news = sub(gradient, slots.momentum)
    const direction = add(slots.momentum, mul(news, directionGain))
    // From the direction on, so that the old slot is read no more when the new one is written.
    const momentum = add(direction, mul(news, restGain))
    const move = add(mul(parameter, decay), mul(sign(direction), stepSize))
    return { parameter: sub(parameter, move), slots: { momentum } }
  },

  updateArrays({ parameter, gradient, slots, scalars }) {
    const f32 = Math.fround
    const [directionGain, restGain] = [scalars.directionGain, scalars.restGain].map(f32)
    const [stepSize, decay] = [scalars.stepSize, scalars.decay].map(f32)
    const { momentum } = slots
    for (let i = 0; i < parameter.length; i++) {
      const p = parameter[i]
      const m = momentum[i]
      const news = f32(gradient[i] - m)
      const direction = f32(m + f32(news * directionGain))
      momentum[i] = f32(direction + f32(news * restGain))
      parameter[i] = f32(p - f32(f32(p * decay) + f32(Math.sign(direction) * stepSize)))
    }
  },
})
