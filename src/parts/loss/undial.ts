import { z } from 'zod'
import { logSoftmax, mul, neg, softmax, sum } from '../../graph/index.ts'
import { defineLoss } from './loss.ts'
import { lowerLabels } from './lower-labels.ts'

const schema = z.strictObject({
  strength: z
    .number()
    .positive()
    .default(10)
    .describe('β: how much the logit of the memorised token is lowered in the target'),
  variant: z
    .enum(['released'])
    .optional()
    .describe('released: the mean is over prompt and padding too, as in the released code'),
})

/**
 * Unlearning by self-distillation: the starting model, with the memorised token made less likely, is the teacher.
 *
 * z0 is of the starting model, N the answer tokens of the whole step.
 *
 * Reads `logits` and `referenceLogProbs` (no gradient) `[answers, vocab]`, `labels` and `tokenWeight` `[answers]`; returns a
 * scalar in nats, at least the entropy of the target.
 *
 * Variant `released`: the released code averages over prompt and padding too, all positions but the last, and where there is no
 * label it lowers the vocabulary entry −100 from the end. Padding sees padding here, which that code masks, and the mean is over
 * the positions of the whole step.
 */
export const undial = defineLoss({
  id: 'undial',
  title: 'Unlearning by self-distillation (UNDIAL)',
  source:
    'Dong et al. 2024, arXiv:2402.10052; dong-river/LLM_unlearning (89856dc); locuslab/open-unlearning src/trainer/unlearn/undial.py',
  formula: 'L = −(1/N)·Σ_t Σ_v q_t(v)·log p_t(v), q_t = softmax(z0_t − strength·onehot(y_t))',
  goal: 'forget',
  reduction: 'token-mean',
  needs: { logits: true, referenceDistribution: true },
  schema,
  variants: ['released'],
  positions: ({ variant }) => (variant === 'released' ? 'predicting' : 'answers'),
  build(context, { strength }) {
    const target = softmax(lowerLabels(context, context.referenceLogProbs(), strength))
    const crossEntropy = neg(sum(mul(target, logSoftmax(context.logits())), [1]))
    return sum(mul(context.tokenWeight(), crossEntropy))
  },
})
