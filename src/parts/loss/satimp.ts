import { z } from 'zod'
import { addScalar, exp, log, mul, neg, scale, tanh } from '../../graph/index.ts'
import { defineLoss } from './loss.ts'
import { weightedAscent } from './weighted-ascent.ts'

/** Keeps the logarithm of 1 − p finite where p is 1. */
const tiny = 1e-37

const schema = z.strictObject({
  saturation: z
    .number()
    .nonnegative()
    .default(5)
    .describe('β1: how much tokens that are forgotten already are spared'),
  importance: z
    .number()
    .nonnegative()
    .default(0.1)
    .describe('β2: how much tokens that are certain anyway are spared'),
})

/**
 * Saturation and importance: ascent on tokens that are neither forgotten already nor certain anyway.
 *
 * β1 is `saturation`, β2 `importance`, sg without a gradient, N the answer tokens of the whole step; the weight is highest at
 * `p = β1/(β1 + β2)`.
 *
 * Reads `logProb` (nats) and `tokenWeight`, `[answers]`; returns a scalar in nats.
 *
 * Numerics: `1 − p = −tanh(log p/2)·(1 + p)`, exact also where p rounds to 1 in float32.
 * Published values conflict: the authors' README has β2 0.1, as here; open-unlearning says that the paper has 1 and uses
 * that. The same README puts forget to retain at 10 : 1, but the file that runs has 1 : 10.
 */
export const satimp = defineLoss({
  id: 'satimp',
  title: 'Saturation and importance (SatImp)',
  source:
    'Yang et al. 2025, arXiv:2505.11953; tmlr-group/SatImp (51314c0); locuslab/open-unlearning src/trainer/unlearn/satimp.py',
  formula: 'L = (1/N)·Σ_t sg(p_t^β1·(1 − p_t)^β2)·log p_t',
  goal: 'forget',
  reduction: 'token-mean',
  needs: {},
  schema,
  build(context, { saturation, importance }) {
    const logProb = context.logProb()
    const rest = neg(mul(tanh(scale(logProb, 0.5)), addScalar(exp(logProb), 1)))
    const spared = exp(scale(log(addScalar(rest, tiny)), importance))
    return weightedAscent(context, mul(exp(scale(logProb, saturation)), spared))
  },
})
