/**
 * Factor that brings a gradient of the given norm to at most `maxNorm`.
 *
 * `factor = min(1, maxNorm / (norm + 1e-6))`
 *
 * @param norm    global norm, over all trainable tensors together
 * @param maxNorm null: no clipping
 * @returns 1 where nothing is to be clipped; not-a-number for such a norm, so that a guard sees it
 *
 * Differs from `torch.nn.utils.clip_grad_norm_`: nothing; the 1e-6 is torch's.
 */
export function clipFactor(norm: number, maxNorm: number | null): number {
  return maxNorm === null ? 1 : Math.min(1, maxNorm / (norm + 1e-6))
}
