import { z } from 'zod'
import { addScalar, div, mul, scale, softplus, sub, sum } from '../../graph/index.ts'
import { defineLoss } from './loss.ts'

/** Keeps the batch mean defined in a micro-batch without forget sequences; vanishes beside any real weight. */
const tinyWeight = 1e-30

const schema = z.strictObject({
  beta: z
    .number()
    .positive()
    .default(0.1)
    .describe(
      'sharpness: how soon the push fades once an answer is less likely than before; near 0 it is gradient ascent',
    ),
  variant: z
    .enum(['released'])
    .optional()
    .describe(
      'released: log-sigmoid of the batch mean of the log-ratios, as in the TOFU code of BLUR',
    ),
})

/**
 * Negative preference optimisation: pushes answers below their likelihood under the starting model, ever less.
 *
 * `logp_b = Σ_t log p(y_t)` summed, not averaged, over the answer tokens of sequence b; B the sequences of the whole
 * step.
 *
 * Reads `sequenceLogProb`, `referenceSequenceLogProb` (nats; cached, no gradient) and `sequenceWeight`, all `[batch]`;
 * returns a scalar in nats. `2·ln 2/β` at the start; its gradient is that of `(1/B) Σ_b W_b·logp_b` with
 * `W_b = 2·σ(β(logp_b − logp0_b))`, 1 at the start.
 *
 * Numerics: `−log σ(−x)` is computed as softplus(x), exact for log-ratios of ±1e4. Sums grow with the length of an
 * answer, so β must be tuned again for long texts; a mean over tokens would make β about n times too small.
 * Differs from the paper and from open-unlearning: nothing known. Variant `released`: the TOFU code of BLUR averages the
 * sequence log-ratios over the batch first, `−(2/β)·log σ(−β·mean_b(…))`, in each micro-batch, so there the size of
 * micro-batches matters. The MUSE code family's form on raw logits, which does not see the label, is `npo-logits`.
 */
export const npo = defineLoss({
  id: 'npo',
  title: 'Negative preference optimisation',
  source:
    'Zhang et al. 2024, arXiv:2404.05868; locuslab/open-unlearning src/trainer/utils.py; OptimAI-Lab/BLURLLMUnlearning TOFU/src/trainer/unlearn (075f00e)',
  formula: 'L = −(2/β)·(1/B)·Σ_b log σ(−β·(logp_b − logp0_b))',
  goal: 'forget',
  reduction: 'sequence-sum',
  needs: { referenceLogProb: true },
  schema,
  variants: ['released'],
  build(context, { beta, variant }) {
    const logRatio = sub(context.sequenceLogProb(), context.referenceSequenceLogProb())
    const weight = context.sequenceWeight()
    if (variant === 'released') {
      const share = sum(weight)
      const batchMean = div(sum(mul(weight, logRatio)), addScalar(share, tinyWeight))
      return scale(mul(share, softplus(scale(batchMean, beta))), 2 / beta)
    }
    return scale(sum(mul(weight, softplus(scale(logRatio, beta)))), 2 / beta)
  },
})
