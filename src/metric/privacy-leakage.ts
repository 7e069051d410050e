const epsilon = 1e-10

/**
 * PrivLeak in OpenUnlearning's convention: how far the attack's success is from that on a model never trained on the data.
 *
 * `100·((1 − A) − (1 − A_r)) / ((1 − A_r) + 1e-10)`, A the AUC with the holdout positive and loss-like scores.
 *
 * @param auc           in [0, 1]: 1 when every forget text has a lower score than every holdout text
 * @param referenceAuc  the same of the retain model
 * @returns per cent; negative: still memorised, positive: more forgotten than never seen. Grows without bound as
 *   `referenceAuc` goes to 1
 * Source: locuslab/open-unlearning `privleak`.
 */
export function privLeak(auc: number, referenceAuc: number): number {
  return (100 * (referenceAuc - auc)) / (1 - referenceAuc + epsilon)
}

/**
 * PrivLeak in MUSE's convention: `100·(A − A_r)/A_r`, A the AUC with the holdout positive and scores negated, so
 * `A_MUSE = 1 − A` of {@link privLeak}. Same sign and scale.
 *
 * @throws RangeError for `referenceAuc = 0`
 * Source: Shi et al. 2024 (MUSE), arXiv:2407.06460; swj0419/muse_bench.
 */
export function privLeakMuse(auc: number, referenceAuc: number): number {
  if (referenceAuc === 0) throw new RangeError('PrivLeak: expected a reference AUC above 0, got 0')
  return (100 * (auc - referenceAuc)) / referenceAuc
}

/** `100·(A − A_r)/(A_r + 1e-10)`, with the AUC of {@link privLeak}. Source: locuslab/open-unlearning `rel_diff`. */
export function relativeDifference(auc: number, referenceAuc: number): number {
  return (100 * (auc - referenceAuc)) / (referenceAuc + epsilon)
}

/**
 * How close an attack's AUC is to the reference model's: `clip(1 − |A − A_r|/A_r, 0, 1)`, 1 is ideal.
 *
 * The paper (arXiv:2506.12618) names the quantity without a formula; this is that of gnueaj/unlearning-depth-score.
 */
export function attackCloseness(auc: number, referenceAuc: number): number {
  return Math.min(1, Math.max(0, 1 - Math.abs(auc - referenceAuc) / referenceAuc))
}
