/** How far a factor may move at one measurement. */
const inertia = 0.9

/**
 * A better learning rate by a parabola through three losses along the update that was made (GeN).
 *
 * With `L₊ = L(θ + d)`, `L₋ = L(θ − d)`, `L₀ = L(θ)` and d the whole update at learning rate η:
 * `η̂ = η·½(L₋ − L₊)/(L₊ + L₋ − 2·L₀)`, the bottom of the parabola; `η ← 0.9·η + 0.1·clip(η̂, η/2, 2η)`.
 *
 * @returns the new factor of the learning rate; as it was where the parabola has no bottom ahead, or a loss is not finite
 * Differs from the released code, which asks for a fit that three points always have, lets the optimiser's moments
 * advance twice where it measures, and restores weights by subtracting what it added.
 * Source: Bu and Xu 2024 (GeN), arXiv:2407.02772; ShiyunXu/gen-optim GeN/GeN.py; Jin et al. 2024 (NGDiff), arXiv:2410.22086.
 */
export function parabolaFactor(
  factor: number,
  losses: { readonly ahead: number; readonly behind: number; readonly here: number },
): number {
  const { ahead, behind, here } = losses
  const slope = (behind - ahead) / 2
  const curvature = ahead + behind - 2 * here
  if (!(slope > 0) || !(curvature > 0)) return factor
  const best = Math.min(2, Math.max(0.5, slope / curvature))
  return factor * (inertia + (1 - inertia) * best)
}
