import { z } from 'zod'
import { add, div, mul, sqrt, square, sub } from '../../graph/index.ts'
import { defineOptimizer } from './optimizer.ts'

const schema = z.strictObject({
  beta1: z.number().min(0).lt(1).default(0.9).describe('decay of the running mean of gradients'),
  beta2: z
    .number()
    .min(0)
    .lt(1)
    .default(0.999)
    .describe('decay of the running mean of squared gradients'),
  epsilon: z
    .number()
    .positive()
    .default(1e-8)
    .describe('added to the root of the squared-gradient mean'),
  weightDecay: z
    .number()
    .min(0)
    .default(0.01)
    .describe('share of each weight taken off per step, times the learning rate; decoupled'),
})

/**
 * Adam with decoupled weight decay.
 *
 * Slots: `firstMoment` m, `secondMoment` v. η is the learning rate, λ the weight decay, t = 1, 2, …
 *
 * Its preconditioner is `1/(√v/√(1 − β2ᵗ) + ε)` with the v of the step itself, which has g² in it.
 *
 * Numerics: f32 throughout, scalars computed in float64 and rounded once. Decay and step are added before they leave
 * the weight, so the weight is rounded once a step: with η·λ near 1e-7, p·(1 − ηλ) alone would be off by up to half.
 * Differs from `torch.optim.AdamW`: the order of rounding only (torch scales p first and keeps v as β2·v + (1 − β2)g²).
 */
export const adamw = defineOptimizer({
  id: 'adamw',
  title: 'AdamW',
  source: 'Loshchilov & Hutter 2019, arXiv:1711.05101; pytorch torch/optim/adamw.py',
  formula:
    'm ← m + (1 − β1)(g − m), v ← v + (1 − β2)(g² − v), p ← p − (η·λ·p + η/(1 − β1ᵗ)·m/(√v/√(1 − β2ᵗ) + ε))',
  schema,
  slots: ['firstMoment', 'secondMoment'],
  scalarNames: ['firstGain', 'secondGain', 'rootCorrection', 'epsilon', 'stepSize', 'decay'],

  scalars: ({ beta1, beta2, epsilon, weightDecay }, learningRate, step) => ({
    firstGain: 1 - beta1,
    secondGain: 1 - beta2,
    rootCorrection: 1 / Math.sqrt(1 - beta2 ** step),
    epsilon,
    stepSize: learningRate / (1 - beta1 ** step),
    decay: learningRate * weightDecay,
  }),

  update({ parameter, gradient, slots, scalars }) {
    const { firstGain, secondGain, rootCorrection, epsilon, stepSize, decay } = scalars
    const m = slots.firstMoment
    const v = slots.secondMoment
    const firstMoment = add(m, mul(sub(gradient, m), firstGain))
    const secondMoment = add(v, mul(sub(square(gradient), v), secondGain))
    const root = add(mul(sqrt(secondMoment), rootCorrection), epsilon)
    const move = add(mul(parameter, decay), div(mul(firstMoment, stepSize), root))
    return { parameter: sub(parameter, move), slots: { firstMoment, secondMoment } }
  },

  updateArrays({ parameter, gradient, slots, scalars }) {
    const f32 = Math.fround
    const firstGain = f32(scalars.firstGain)
    const secondGain = f32(scalars.secondGain)
    const rootCorrection = f32(scalars.rootCorrection)
    const epsilon = f32(scalars.epsilon)
    const stepSize = f32(scalars.stepSize)
    const decay = f32(scalars.decay)
    const firstMoment = slots.firstMoment
    const secondMoment = slots.secondMoment
    for (let i = 0; i < parameter.length; i++) {
      const g = gradient[i]
      const p = parameter[i]
      const m = f32(firstMoment[i] + f32(f32(g - firstMoment[i]) * firstGain))
      const v = f32(secondMoment[i] + f32(f32(f32(g * g) - secondMoment[i]) * secondGain))
      const root = f32(f32(f32(Math.sqrt(v)) * rootCorrection) + epsilon)
      firstMoment[i] = m
      secondMoment[i] = v
      parameter[i] = f32(p - f32(f32(p * decay) + f32(f32(m * stepSize) / root)))
    }
  },

  preconditioner({ gradient, slots, scalars }, out) {
    const { secondGain, rootCorrection, epsilon } = scalars
    const v = slots.secondMoment
    for (let i = 0; i < out.length; i++) {
      const after = v[i] + (gradient[i] * gradient[i] - v[i]) * secondGain
      out[i] = 1 / (Math.sqrt(after) * rootCorrection + epsilon)
    }
  },
})
