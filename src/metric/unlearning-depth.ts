/**
 * Unlearning depth score: how much of the knowledge that layers carry was erased inside, not only at the output.
 *
 * `UDS = Σ_{l∈KE} Δ1_l·clip(Δ2_l/Δ1_l, 0, 1) / Σ_{l∈KE} Δ1_l`, `KE = {l : Δ1_l > τ}`; 0 without such a layer.
 *
 * @param layers     per layer: what the answer's log-probability loses when the never-trained model's (`reference`) and the
 *                   unlearned model's (`unlearned`) activations are patched in
 * @param threshold  τ, 0.05 as released
 * Source: gnueaj/unlearning-depth-score.
 */
export function unlearningDepth(
  layers: readonly { readonly reference: number; readonly unlearned: number }[],
  threshold = 0.05,
): number {
  const encoding = layers.filter(({ reference }) => reference > threshold)
  const total = encoding.reduce((sum, { reference }) => sum + reference, 0)
  if (total === 0) return 0
  const erased = encoding.reduce(
    (sum, { reference, unlearned }) =>
      sum + reference * Math.min(1, Math.max(0, unlearned / reference)),
    0,
  )
  return erased / total
}
