import { z } from 'zod'
import { mul, sub, sum } from '../../graph/index.ts'
import { logCosh } from './log-cosh.ts'
import { defineLoss } from './loss.ts'

/** Per nat: the pull has its full strength from a quarter of a nat on. */
const sharpness = 4

/**
 * Level keep: holds each answer token at the probability that the starting model gave it, from above and from below.
 *
 * `d_t = log p_t − log p0_t`, with p0 the starting model; N the answer tokens of the whole step. Its gradient is that of
 * `(1/N) Σ_t tanh(4·d_t)·log p_t`, with a strength of at most 1. Cross-entropy goes on to make texts likelier than they were, so that
 * a gain in manner hides a loss in matter, and what it learns of the texts is a change of its own; here nothing is left to do
 * while the model has not moved.
 *
 * Reads `logProb` and `referenceLogProb` (nats; no gradient) and `tokenWeight`, all `[answers]`; returns a scalar in nats, ≥ 0, 0 where
 * the model says the answers as it did.
 *
 * Numerics: as `logCosh`.
 *
 * Made for Lethe; in no paper. `kl` holds the whole distribution at each place, and costs another pass through the model.
 */
export const levelKeep = defineLoss({
  id: 'level-keep',
  title: 'Level keep',
  source: 'made for Lethe, in no paper',
  formula: 'L = (1/N)·Σ_t ¼·log cosh(4·(log p_t − log p0_t))',
  goal: 'retain',
  reduction: 'token-mean',
  needs: { referenceLogProb: true },
  schema: z.strictObject({}),
  build(context) {
    const distance = sub(context.logProb(), context.referenceLogProb())
    return sum(mul(context.tokenWeight(), logCosh(distance, sharpness)))
  },
})
