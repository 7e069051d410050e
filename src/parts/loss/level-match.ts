import { z } from 'zod'
import { mul, sub, sum } from '../../graph/index.ts'
import { logCosh } from './log-cosh.ts'
import { defineLoss } from './loss.ts'

const schema = z.strictObject({
  beta: z
    .number()
    .positive()
    .default(1)
    .describe('how soon the push has its full strength away from the level; 1 is within a nat'),
})

/**
 * Level match: moves each answer token to its level of ignorance, from above and from below.
 *
 * `d_t = log p_t − log p0_t`, with p0 the probability to somebody who never knew; N the answer tokens of the whole step. Its
 * gradient is that of `(1/N) Σ_t tanh(β·d_t)·log p_t`, with a strength of at most 1: a token that is too likely is pushed down,
 * one that is avoided is pushed up, and at the level nothing is left.
 *
 * Reads `logProb` and `referenceLogProb` (nats; no gradient) and `tokenWeight`, all `[answers]`; returns a scalar in nats, ≥ 0, 0 where
 * every token is at its level.
 *
 * Numerics: as `logCosh`.
 *
 * Made for Lethe; in no paper. What p0 is, a goal finds: see `goal` in a recipe.
 */
export const levelMatch = defineLoss({
  id: 'level-match',
  title: 'Level match',
  source: 'made for Lethe, in no paper',
  formula: 'L = (1/N)·Σ_t (1/β)·log cosh(β·(log p_t − log p0_t))',
  goal: 'forget',
  reduction: 'token-mean',
  needs: { referenceLogProb: true },
  reference: 'ignorance',
  schema,
  build(context, { beta }) {
    const distance = sub(context.logProb(), context.referenceLogProb())
    return sum(mul(context.tokenWeight(), logCosh(distance, beta)))
  },
})
