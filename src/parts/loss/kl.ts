import { z } from 'zod'
import { exp, logSoftmax, mul, sub, sum } from '../../graph/index.ts'
import { defineLoss } from './loss.ts'

const schema = z.strictObject({
  variant: z
    .enum(['released'])
    .optional()
    .describe('released: the mean is over prompt and padding too, as in the released code'),
})

/**
 * Kullback–Leibler divergence to the starting model at the answer positions: keeps what the model says of an answer,
 * not only its likelihood.
 *
 * N the answer tokens of the whole step.
 *
 * Reads `logits` and `referenceLogProbs` (nats, finite, no gradient), `[answers, vocab]`, and `tokenWeight` `[answers]`;
 * returns a scalar in nats, 0 where the model has not moved.
 *
 * Numerics: log-softmax, never a logarithm of probabilities.
 * Variant `released`: the code of TOFU and open-unlearning averages over all positions, prompt and padding too, so the weight of
 * the term depends on how much padding a batch has. Padding sees padding here, which that code masks, and the mean is over the
 * positions of the whole step.
 */
export const kl = defineLoss({
  id: 'kl',
  title: 'Divergence from the starting model',
  source:
    'Maini et al. 2024 (TOFU), arXiv:2401.06121; locuslab/open-unlearning src/trainer/utils.py',
  formula: 'L = (1/N)·Σ_t Σ_v p0_t(v)·(log p0_t(v) − log p_t(v))',
  goal: 'retain',
  reduction: 'token-mean',
  needs: { logits: true, referenceDistribution: true },
  schema,
  variants: ['released'],
  positions: ({ variant }) => (variant === 'released' ? 'all' : 'answers'),
  build(context) {
    const reference = context.referenceLogProbs()
    const gap = sub(reference, logSoftmax(context.logits()))
    const divergence = sum(mul(exp(reference), gap), [1])
    return sum(mul(context.tokenWeight(), divergence))
  },
})
