import { z } from 'zod'
import { defineCombiner } from './combiner.ts'

/** At or below this squared norm the forget gradient counts as zero. */
const zeroSquaredNorm = 1e-12

const schema = z.strictObject({
  share: z
    .number()
    .positive()
    .default(0.25)
    .describe('how long the forget part is beside the retain part; a goal steers it from there'),
})

/**
 * BLUR's projection with parts of given lengths: the retain gradient without its part along the forget gradient, plus a forget
 * gradient that is `share` times as long.
 *
 * `r⊥ = g_r − (⟨g_r, g_f⟩/‖g_f‖²)·g_f`, `u = r⊥ + share·(‖r⊥‖/‖g_f‖)·g_f`. Hence the share of a step that forgets does not depend on how long
 * the two gradients are, which differs by a factor of a hundred between models and along a path; γ of `bilevel` is in units of it. Where
 * `‖g_f‖² ≤ 1e-12`, `u = g_r`; where nothing of g_r is left, `u = share·g_f`.
 *
 * The share in use is the state's, so that whoever looks at the model between steps can steer it.
 *
 * Numerics: inner products in float64; `‖r⊥‖²` is `‖g_r‖² − ⟨g_r, g_f⟩²/‖g_f‖²`, at least 0. Made for Lethe on BLUR's projection; in no paper.
 */
export const balancedBilevel = defineCombiner({
  id: 'balanced-bilevel',
  title: 'Bi-level projection, balanced',
  source: 'made for Lethe, on the projection of Reisizadeh et al. 2025, arXiv:2506.08164',
  formula: 'u = r⊥ + share·(‖r⊥‖/‖g_f‖)·g_f, r⊥ = g_r − (⟨g_r, g_f⟩/‖g_f‖²)·g_f',
  schema,
  gradients: 'separate',
  steered: true,
  init: ({ share }) => ({ share }),
  coefficients({ gram }, _, state) {
    if (!gram)
      throw new Error('internal: the balanced combiner needs the Gram matrix of the gradients')
    const { forgetForget, forgetRetain, retainRetain } = gram
    if (forgetForget <= zeroSquaredNorm) return { forget: 0, retain: 1, state }
    const along = forgetRetain / forgetForget
    const apart = Math.max(0, retainRetain - forgetRetain * along)
    if (apart === 0) return { forget: state.share, retain: 0, state }
    return { forget: state.share * Math.sqrt(apart / forgetForget) - along, retain: 1, state }
  },
})
