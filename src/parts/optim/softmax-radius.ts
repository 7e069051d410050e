/**
 * How much of an update may be taken before it leaves the range in which a softmax is described by its derivatives.
 *
 * With a the change of the logits by the whole update, to first order, `r = max_rows (max_v a_v − min_v a_v)/π`; the share is
 * `min(1, radius/r)`.
 *
 * @param changes `[rows · vocab]` change of each logit, to first order, by the whole update
 * @returns in (0, 1]; 1 where a change is not finite, which other guards see
 * Numerics: π is a lower bound for every row, whatever its logits; the exact radius of two classes is √(δ² + π²).
 * Source: Ghosts of Softmax 2026, arXiv:2603.13552; piyush314/ghosts-of-softmax.
 */
export function softmaxShare(changes: Float32Array, vocab: number, radius: number): number {
  let widest = 0
  for (let start = 0; start < changes.length; start += vocab) {
    let low = Number.POSITIVE_INFINITY
    let high = Number.NEGATIVE_INFINITY
    for (let i = start; i < start + vocab; i++) {
      low = Math.min(low, changes[i])
      high = Math.max(high, changes[i])
    }
    widest = Math.max(widest, high - low)
  }
  const share = (radius * Math.PI) / widest
  return share < 1 ? share : 1
}
