/**
 * Mean probability per token of an answer.
 *
 * `P(answer | prompt) = exp((1/n) Σ_t log p_t)`, the geometric mean over the answer's `n` tokens, end token included.
 *
 * @param logProbs `[n]` nats; −∞ for an impossible token makes it 0
 * @throws RangeError without tokens
 * Source: Maini et al. 2024 (TOFU), arXiv:2401.06121; locuslab/open-unlearning `evaluate_probability`.
 */
export function answerProbability(logProbs: ArrayLike<number>): number {
  if (logProbs.length < 1)
    throw new RangeError(`answer tokens: expected ≥ 1, got ${logProbs.length}`)
  let sum = 0
  for (let i = 0; i < logProbs.length; i++) sum += logProbs[i]
  return Math.exp(sum / logProbs.length)
}
