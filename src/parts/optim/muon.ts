import { z } from 'zod'
import { add, mul, sub } from '../../graph/index.ts'
import { adamw } from './adamw.ts'
import { newtonSchulz, newtonSchulzArray } from './newton-schulz.ts'
import { defineOptimizer } from './optimizer.ts'

/** Root mean square of AdamW's usual updates, which those of matrices are given too. */
const usualUpdate = 0.2

const schema = z.strictObject({
  momentum: z
    .number()
    .min(0)
    .lt(1)
    .default(0.95)
    .describe('of hidden matrices: decay of the running mean of gradients'),
  beta1: z
    .number()
    .min(0)
    .lt(1)
    .default(0.9)
    .describe('of everything else, which AdamW updates: decay of the running mean of gradients'),
  beta2: z
    .number()
    .min(0)
    .lt(1)
    .default(0.95)
    .describe('of everything else: decay of the running mean of squared gradients'),
  epsilon: z
    .number()
    .positive()
    .default(1e-8)
    .describe('of everything else: added to the root of the squared-gradient mean'),
  weightDecay: z
    .number()
    .min(0)
    .default(0.1)
    .describe('share of each weight taken off per step, times the learning rate; decoupled'),
})

/**
 * Muon: hidden matrices move along their orthogonalised momentum, everything else by AdamW.
 *
 * Slot of a matrix: `momentum` m; of the rest: AdamW's two. η is the learning rate, μ `momentum`, λ `weightDecay`. O is what Newton–Schulz
 * gives. All singular values of O are about 1, so a step moves a matrix as far in rare directions as in frequent ones, and half the
 * state of AdamW is enough. Matrices are the weights of linear layers inside the blocks, and adapters; not
 * embeddings, head, norms or biases.
 *
 * Numerics: f32, where the released code has bfloat16. ‖m‖_F² must be in the range of f32: clip the direction. Clipping
 * and the size of a gradient change the mixture in m, not the length of a step. Weight decay holds singular values under
 * 0.2·√max(rows, columns)/λ.
 * Differs from the released code of Jordan, whose rates of matrices (0.02, times √max(1, outputs/inputs)) and of the rest
 * are two: here the factor of Moonlight, `match_rms_adamw` in `torch.optim.Muon`, with which one rate, that of AdamW,
 * serves both. A matrix that stands for several, as GPT-2's query, key and value, is taken as one.
 */
export const muon = defineOptimizer({
  id: 'muon',
  title: 'Muon',
  source:
    'Jordan et al. 2024, kellerjordan.github.io/posts/muon; KellerJordan/Muon muon.py (00ba60d); Liu et al. 2025 (Moonlight), arXiv:2502.16982; pytorch torch/optim/_muon.py',
  formula:
    'matrices: m ← m + (1 − μ)(g − m), p ← p − η·(λ·p + 0.2·√max(rows, columns)·NewtonSchulz(g + μ(m − g))); the rest: AdamW',
  schema,
  slots: adamw.slots,
  scalarNames: adamw.scalarNames,
  scalars: ({ beta1, beta2, epsilon, weightDecay }, learningRate, step) =>
    adamw.scalars({ beta1, beta2, epsilon, weightDecay }, learningRate, step),
  update: adamw.update,
  updateArrays: adamw.updateArrays,

  matrix: {
    slots: ['momentum'],
    scalarNames: ['momentum', 'gain', 'stepSize', 'decay'],

    scalars: ({ momentum, weightDecay }, learningRate, _, shape) => ({
      momentum,
      gain: 1 - momentum,
      stepSize: learningRate * usualUpdate * Math.sqrt(Math.max(...shape)),
      decay: learningRate * weightDecay,
    }),

    update({ parameter, gradient, slots, scalars }, isTall) {
      const m = slots.momentum
      const momentum = add(m, mul(sub(gradient, m), scalars.gain))
      const ahead = add(gradient, mul(sub(momentum, gradient), scalars.momentum))
      const step = mul(newtonSchulz(ahead, isTall), scalars.stepSize)
      const move = add(mul(parameter, scalars.decay), step)
      return { parameter: sub(parameter, move), slots: { momentum } }
    },

    updateArrays({ parameter, gradient, slots, scalars }, shape) {
      const m = slots.momentum
      for (let i = 0; i < m.length; i++) m[i] += (gradient[i] - m[i]) * scalars.gain
      const ahead = gradient.map((g, i) => g + (m[i] - g) * scalars.momentum)
      const direction = newtonSchulzArray(ahead, shape)
      for (let i = 0; i < parameter.length; i++)
        parameter[i] -= parameter[i] * scalars.decay + direction[i] * scalars.stepSize
    },
  },
})
