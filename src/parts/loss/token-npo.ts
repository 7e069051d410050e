import { z } from 'zod'
import { exp, mul, scale, sigmoid, sub } from '../../graph/index.ts'
import { defineLoss } from './loss.ts'
import { weightedAscent } from './weighted-ascent.ts'

const schema = z.strictObject({
  beta: z
    .number()
    .positive()
    .default(4)
    .describe('how soon the push fades once a token is less likely than before'),
  likelyPower: z
    .number()
    .nonnegative()
    .default(0)
    .describe('how much likely tokens are preferred besides (WTNPO); 0 is TNPO'),
})

/**
 * NPO by token: each token counts by how it stands to the starting model, not its whole answer.
 *
 * sg is without a gradient, p0 of the starting model, N the answer tokens of the whole step.
 *
 * Reads `logProb` and `referenceLogProb` (nats; cached, no gradient) and `tokenWeight`, all `[answers]`; returns a scalar in
 * nats. `w = 2·σ(β·(log p − log p0))·p^a`, 1 at the start where a is 0; no quotient of small numbers.
 *
 * Differs from the released code, which adds 1e-5 to the denominator; that changes the weight of unlikely tokens.
 * There WTNPO has β 0.1 and its one setting is a, where TNPO's is β: set both here.
 */
export const tokenNpo = defineLoss({
  id: 'token-npo',
  title: 'Token-wise NPO (TNPO, WTNPO)',
  source:
    'Wang et al. 2025 (G-effect), arXiv:2502.19301; tmlr-group/G-effect (ef368ee) dataloader.py',
  formula: 'L = (1/N)·Σ_t sg(2·p_t^(β+likelyPower)/(p_t^β + p0_t^β))·log p_t',
  goal: 'forget',
  reduction: 'token-mean',
  needs: { referenceLogProb: true },
  schema,
  build(context, { beta, likelyPower }) {
    const logProb = context.logProb()
    const share = sigmoid(scale(sub(logProb, context.referenceLogProb()), beta))
    return weightedAscent(context, scale(mul(share, exp(scale(logProb, likelyPower))), 2))
  },
})
