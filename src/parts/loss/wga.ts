import { z } from 'zod'
import { exp, scale } from '../../graph/index.ts'
import { defineLoss } from './loss.ts'
import { weightedAscent } from './weighted-ascent.ts'

const schema = z.strictObject({
  beta: z
    .number()
    .nonnegative()
    .default(1)
    .describe('how much likely tokens are preferred; 0 is gradient ascent'),
})

/**
 * Weighted gradient ascent: each token counts by its own probability, so what is forgotten stops pushing.
 *
 * p_t = p(y_t), sg without a gradient, N the answer tokens of the whole step.
 *
 * Reads `logProb` (nats) and `tokenWeight`, `[answers]`; returns a scalar in nats. The gradient is that of ascent times
 * p^β; were the weight differentiated too, it would change sign at `p = e^(−1/β)`.
 *
 * Differs from the official code by the default of β: 5 there where nothing is said, 1 in open-unlearning and here.
 */
export const wga = defineLoss({
  id: 'wga',
  title: 'Weighted gradient ascent',
  source:
    'Wang et al. 2025 (G-effect), arXiv:2502.19301; tmlr-group/G-effect (ef368ee) dataloader.py; locuslab/open-unlearning src/trainer/unlearn/wga.py',
  formula: 'L = (1/N)·Σ_t sg(p_t^β)·log p_t',
  goal: 'forget',
  reduction: 'token-mean',
  needs: {},
  schema,
  build: (context, { beta }) => weightedAscent(context, exp(scale(context.logProb(), beta))),
})
