import { zlibLength } from './zlib-length.ts'

/** What membership attacks look at: the teacher-forced scores of one text. */
export interface TextScores {
  readonly text: string
  /** `[tokens]` nats: log p of each token */
  readonly logProbs: readonly number[]
  /** `[tokens]` nats: `μ_t = Σ_v p_v ln p_v`; only min-k++ needs it */
  readonly meanLogProbs?: readonly number[]
  /** `[tokens]` nats²: `σ²_t = Σ_v p_v (ln p_v)² − μ_t²`; only min-k++ needs it */
  readonly varianceLogProbs?: readonly number[]
}

/**
 * Loss attack: `−(1/n) Σ_t ln p_t`. Lower for what the model has seen, as every attack here.
 *
 * @throws RangeError on a text without tokens
 * Source: Yeom et al. 2018, arXiv:1709.01604.
 */
export function lossAttack({ logProbs }: TextScores): number {
  if (logProbs.length === 0) throw new RangeError('loss attack: expected tokens, got none')
  return -mean(logProbs)
}

/**
 * zlib attack: the loss per compressed byte, `loss / len(zlib(text))`, so that text that is easy for anyone is no clue.
 *
 * Source: Carlini et al. 2021, arXiv:2012.07805; lengths are CPython's, see {@link zlibLength}.
 */
export function zlibAttack(scores: TextScores): number {
  return lossAttack(scores) / zlibLength(scores.text)
}

/**
 * Reference attack: the loss less that of another model on the same text, `loss − loss_reference`, nats per token.
 *
 * Source: Carlini et al. 2021, arXiv:2012.07805; locuslab/open-unlearning `mia_reference`.
 */
export function referenceAttack(scores: TextScores, reference: TextScores): number {
  return lossAttack(scores) - lossAttack(reference)
}

/**
 * Min-K % attack: minus the mean of the least likely tokens' log-probabilities, `max(1, ⌊share·n⌋)` of them.
 *
 * @param share  0.4 in MUSE and OpenUnlearning's settings
 * @returns nats; 0 for a text without tokens, as released
 * OpenUnlearning leaves the last label out here (it takes it for the end token) and keeps it in the loss.
 * Source: Shi et al. 2024, arXiv:2310.16789.
 */
export function minKAttack({ logProbs }: TextScores, share = 0.4): number {
  return leastMean(logProbs, share)
}

/**
 * Min-K %++ attack: as {@link minKAttack} on log-probabilities that are standardised over the vocabulary,
 * `z_t = (ln p_t − μ_t) / √max(σ²_t, 1e-6)`.
 *
 * @throws RangeError without `meanLogProbs` and `varianceLogProbs`
 * Source: Zhang et al. 2024, arXiv:2404.02936; the clamp is OpenUnlearning's.
 */
export function minKPlusPlusAttack(scores: TextScores, share = 0.4): number {
  const { logProbs, meanLogProbs, varianceLogProbs } = scores
  if (!meanLogProbs || !varianceLogProbs)
    throw new RangeError('min-k++: expected mean and variance of the log-probabilities, got none')
  const standard = logProbs.map(
    (logProb, t) => (logProb - meanLogProbs[t]) / Math.sqrt(Math.max(varianceLogProbs[t], 1e-6)),
  )
  return leastMean(standard, share)
}

/**
 * Gradient-norm attack: the mean over parameter tensors of `‖∂loss/∂W‖_p`, not the norm of all of them together.
 *
 * @param norms  one norm per parameter tensor
 * Source: locuslab/open-unlearning `mia_gradnorm`, p = 2.
 */
export function gradientNormAttack(norms: readonly number[]): number {
  if (norms.length === 0) throw new RangeError('gradient-norm attack: expected norms, got none')
  return mean(norms)
}

function leastMean(values: readonly number[], share: number): number {
  if (values.length === 0) return 0
  const count = Math.max(1, Math.floor(share * values.length))
  return -mean([...values].sort((a, b) => a - b).slice(0, count))
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
