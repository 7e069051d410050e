/**
 * Area under the ROC curve: the chance that a positive scores above a negative, a tie counting half.
 *
 * `AUC = (R₊ − n₊(n₊ + 1)/2) / (n₊·n₋)`, `R₊` the sum of the positives' mid-ranks (Mann–Whitney).
 *
 * @param negatives, positives  finite scores in any order and unit, at least one each
 * @throws RangeError on an empty list or a NaN
 * Numerics: ranks are halves of integers, so the sum is exact below 2⁵².
 * Source: Hanley & McNeil 1982; equals scikit-learn `roc_auc_score`.
 */
export function rocAuc(negatives: readonly number[], positives: readonly number[]): number {
  if (negatives.length === 0 || positives.length === 0)
    throw new RangeError(
      `AUC: expected scores of both classes, got ${negatives.length} negatives and ${positives.length} positives`,
    )
  if (negatives.some(Number.isNaN) || positives.some(Number.isNaN))
    throw new RangeError('AUC: expected numbers, got NaN')
  const all = [
    ...negatives.map((score) => ({ score, positive: false })),
    ...positives.map((score) => ({ score, positive: true })),
  ].sort((a, b) => a.score - b.score)
  let rankSum = 0
  for (let start = 0; start < all.length; ) {
    let end = start
    while (end < all.length && all[end].score === all[start].score) end++
    const midRank = (start + 1 + end) / 2
    for (let i = start; i < end; i++) if (all[i].positive) rankSum += midRank
    start = end
  }
  const n = positives.length
  return (rankSum - (n * (n + 1)) / 2) / (n * negatives.length)
}
