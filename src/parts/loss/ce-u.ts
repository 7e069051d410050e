import { z } from 'zod'
import { logSoftmax, mul, neg, softmax, stopGradient, sum } from '../../graph/index.ts'
import { defineLoss } from './loss.ts'
import { lowerLabels } from './lower-labels.ts'

const schema = z.strictObject({
  skipTokens: z
    .int()
    .nonnegative()
    .default(1)
    .describe('answer tokens at the start of each sequence that are left alone'),
})

/**
 * Cross-entropy to the model's own distribution without the true token: bounded, and still once it is forgotten.
 *
 * sg is without a gradient; N the answer tokens of the whole step but the first `skipTokens` of each sequence.
 *
 * Reads `logits` `[answers, vocab]`, `labels` and `tokenWeight` `[answers]`; returns a scalar in nats. The gradient by the
 * logits is p − q, of which the true token's part is p(y_t).
 *
 * Numerics: the true token is taken out by −1e9 before the softmax, so nothing is multiplied by −∞.
 */
export const ceU = defineLoss({
  id: 'ce-u',
  title: 'Cross-entropy unlearning (CE-U)',
  source: 'Yang 2025, arXiv:2503.01224; locuslab/open-unlearning src/trainer/unlearn/ceu.py',
  formula: 'L = −(1/N)·Σ_t Σ_v q_t(v)·log p_t(v), q_t = softmax(sg(z_t), z_t(y_t) = −∞)',
  goal: 'forget',
  reduction: 'token-mean',
  needs: { logits: true },
  schema,
  skippedTokens: ({ skipTokens }) => skipTokens,
  build(context) {
    const logits = context.logits()
    const target = softmax(lowerLabels(context, stopGradient(logits), 1e9))
    const crossEntropy = neg(sum(mul(target, logSoftmax(logits)), [1]))
    return sum(mul(context.tokenWeight(), crossEntropy))
  },
})
