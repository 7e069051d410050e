import { z } from 'zod'
import { defineCombiner } from './combiner.ts'

/** At or below this squared norm the forget gradient counts as zero. */
const zeroSquaredNorm = 1e-12

const schema = z.strictObject({
  gamma: z
    .number()
    .positive()
    .default(1)
    .describe(
      'share of the forget gradient: the forget loss falls at rate gamma·‖g_f‖², whatever retention wants',
    ),
  metric: z
    .enum(['euclidean', 'optimizer'])
    .default('euclidean')
    .describe(
      'what projects: the gradients as they are, or as the optimiser scales them, so that the step that is made keeps that rate',
    ),
})

/**
 * BLUR's direction: the retain gradient without its part along the forget gradient, plus γ forget gradients.
 *
 * Hence `⟨g_f, u⟩ = γ·‖g_f‖²` for every g_r. One inner product and one norm over all trainable tensors; the projection is
 * made also where the gradients agree. Where `‖g_f‖² ≤ 1e-12`, `u = g_r`.
 *
 * `metric: optimizer` projects by `⟨a, b⟩ = Σ P·a·b` instead, P the preconditioner of the step that u makes (of AdamW
 * `1/(√v̂ + ε)`, whose v̂ has u² in it). Then `⟨g_f, P·u⟩ = γ·⟨g_f, P·g_f⟩`: to first order the step lowers the forget loss by γ
 * times what a step along g_f would, and of all steps that do it is the nearest to the retain step P·g_r, in `Σ x²/P`. Where P is
 * the same for all weights (`sgd`) it is the euclidean projection.
 * A first moment is left aside: with β1 > 0 the promise is that of the part of the step which u brings; the rest are earlier
 * directions, each of which kept it for the gradients of its own batch. To hold the whole step to the gradient at hand would let
 * one batch make up for all before it, `1/(1 − β1)` times over.
 *
 * Numerics: inner products in float64 (`gramOf`); not-a-number passes through. Orthogonality holds for u; in the euclidean
 * metric not for the step that AdamW makes of it. The other holds it to a few percent, from the second step on: in the first, P
 * is 1/|u|, and single weights can outweigh the rest. With an unbounded forget loss (`ga`), γ‖g_f‖² never vanishes.
 *
 * Differs from the paper: none known; `metric: optimizer` is ours. The released code differs outside the combining, so there is no variant here:
 * - TOFU code uses the gradients of the last micro-batch only: train with the micro-batch as batch size, no accumulation.
 * - TOFU and MUSE code clip the raw sum, then overwrite it, so u is never clipped: switch clipping off.
 * - TOFU code overwrites γ with 1, and on a failure steps on `g_f + g_r` after a warning: that is `weighted`.
 * - MUSE and WMDP code divide by ‖g_f‖² unguarded.
 * - WMDP code steps on `g_f + α(g_r − proj g_r)`, which is α times this direction with γ = 1/α; set `gamma` to 1/α
 *   (AdamW does not see the factor). Its defaults α = 800 and 1200 are γ = 0.00125 and 0.00083.
 * - MUSE's branch with the roles swapped, `g_f + (γ − ⟨g_f, g_r⟩/‖g_r‖²)·g_r`, is not offered.
 */
export const bilevel = defineCombiner({
  id: 'bilevel',
  title: 'Bi-level projection (BLUR)',
  source:
    'Reisizadeh et al. 2025, arXiv:2506.08164; OptimAI-Lab/BLURLLMUnlearning TOFU/src/trainer/unlearn/base.py, MUSE/baselines/baselines/iterative.py, WMDP/rmu/unlearn_bi.py (075f00e)',
  formula: 'u = g_r + (γ − ⟨g_r, g_f⟩/‖g_f‖²)·g_f',
  schema,
  gradients: 'separate',
  metricFor: ({ metric }) => metric,
  init: () => ({}),
  coefficients({ gram }, { gamma }, state) {
    if (!gram)
      throw new Error('internal: the bilevel combiner needs the Gram matrix of the gradients')
    const { forgetForget, forgetRetain } = gram
    const forget = forgetForget <= zeroSquaredNorm ? 0 : gamma - forgetRetain / forgetForget
    return { forget, retain: 1, state }
  },
})
