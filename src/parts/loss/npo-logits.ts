import { z } from 'zod'
import { mean, mul, scale, softplus, sub, sum } from '../../graph/index.ts'
import { defineLoss } from './loss.ts'

const schema = z.strictObject({
  beta: z
    .number()
    .positive()
    .default(0.1)
    .describe('sharpness: how soon the push on a logit fades once it is below what it was'),
})

/**
 * What the MUSE code family calls NPO: pushes every logit below that of the starting model, whatever the label.
 *
 * N the answer tokens of the whole step.
 *
 * Reads `logits` and `referenceLogits` (no gradient) `[answers, vocab]` and `tokenWeight` `[answers]`; returns a scalar in nats.
 *
 * It is here because published MUSE numbers of NPO, SimNPO and BLUR come from it. It does not see the label, and a
 * constant added to all logits, which changes nothing, lowers it: for unlearning take `npo`.
 * Differs from the released code, which averages over all positions, padding too.
 */
export const npoLogits = defineLoss({
  id: 'npo-logits',
  title: 'NPO on raw logits (MUSE code)',
  source:
    'jaechan-repo/muse_bench (54719c5) baselines/baselines/iterative.py, and its issue 2; OptimAI-Lab/BLURLLMUnlearning (075f00e) MUSE/baselines',
  formula: 'L = −(2/β)·(1/N)·Σ_t (1/V)·Σ_v log σ(β·(z0_t(v) − z_t(v)))',
  goal: 'forget',
  reduction: 'token-mean',
  needs: { logits: true, referenceDistribution: true },
  schema,
  build(context, { beta }) {
    const rise = sub(context.logits(), context.referenceLogits())
    const perToken = mean(softplus(scale(rise, beta)), [1])
    return scale(sum(mul(context.tokenWeight(), perToken)), 2 / beta)
  },
})
