import { z } from 'zod'
import { mean, mul, rowMax, square, sub, sum } from '../../graph/index.ts'
import { defineLoss } from './loss.ts'

const schema = z.strictObject({
  variant: z
    .enum(['released'])
    .optional()
    .describe(
      'released: at the answer tokens that have been read, one position later, as in the released code',
    ),
})

/**
 * Flattens the logits of answers: the highest is pulled to the mean, until every token is as likely as any other.
 *
 * V is the vocabulary, N the answer tokens of the whole step.
 *
 * Reads `logits` `[answers, vocab]` and `tokenWeight` `[answers]`; returns a scalar in squared logits, ≥ 0, 0 for constant
 * logits. The gradient does not fade near the uniform distribution as that of a softmax would; at a tie it goes to the
 * first of the highest logits.
 *
 * Variant `released`: the code of PDU since October 2025 masks logits by the label at their own position instead of the next, so
 * that the prediction of the first answer token is left out and one after the last is taken in. Before, it had no mask.
 */
export const margin = defineLoss({
  id: 'margin',
  title: 'Logit margin flattening',
  source:
    'Entesari et al. 2025, arXiv:2506.05314; locuslab/open-unlearning src/trainer/unlearn/pdu.py',
  formula: 'L = (1/N)·Σ_t (max_v z_t(v) − mean_v z_t(v))²',
  goal: 'forget',
  reduction: 'token-mean',
  needs: { logits: true },
  unit: 'logit²',
  schema,
  variants: ['released'],
  positions: ({ variant }) => (variant === 'released' ? 'read' : 'answers'),
  build(context) {
    const logits = context.logits()
    const gap = sub(rowMax(logits), mean(logits, [1]))
    return sum(mul(context.tokenWeight(), square(gap)))
  },
})
