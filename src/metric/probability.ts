import { meanMetric } from './metric.ts'

/**
 * Mean probability per token that the model gives the true answer.
 *
 * `P(answer | prompt) = exp((1/n) Σ_t log p_t)`, the geometric mean over the answer's `n` tokens, end token included.
 *
 * Throws RangeError on a record without answer tokens.
 * Source: Maini et al. 2024 (TOFU), arXiv:2401.06121; locuslab/open-unlearning `evaluate_probability`.
 */
export const probability = meanMetric({
  id: 'probability',
  title: 'Answer probability',
  unit: 'share',
  direction: { forget: 'lower', retain: 'higher' },
  description:
    'Probability of the true answer given the prompt, as the geometric mean over its tokens (TOFU, arXiv:2401.06121).',
  score({ set, index, answerLogProb, answerTokens }) {
    if (answerTokens < 1)
      throw new RangeError(
        `answer tokens of ${set} record ${index}: expected ≥ 1, got ${answerTokens}`,
      )
    return Math.exp(answerLogProb / answerTokens)
  },
})
