import { z } from 'zod'
import { defineCombiner } from './combiner.ts'

const schema = z.strictObject({})

/**
 * PCGrad's direction for two goals: the sum of the gradients, each without its part along the other where they conflict.
 *
 * One inner product over all trainable tensors. Hence `⟨u, g_f⟩ ≥ 0` and `⟨u, g_r⟩ ≥ 0`, with equality under conflict only
 * where the gradients are opposite: the part that forgetting needs and retention forbids is given up, where `bilevel` forgets
 * on.
 *
 * Numerics: inner products in float64; not-a-number passes through. A zero gradient conflicts with none.
 *
 * Differs from the paper: none known. Its random order of goals has no effect with two of them, because each gradient
 * is projected against the other as it was.
 */
export const conflictProjection = defineCombiner({
  id: 'conflict-projection',
  title: 'Projection on conflict (PCGrad)',
  source: 'Yu et al. 2020, arXiv:2001.06782 (algorithm 1)',
  formula: 'c = min(0, ⟨g_f, g_r⟩); u = (1 − c/‖g_f‖²)·g_f + (1 − c/‖g_r‖²)·g_r',
  schema,
  gradients: 'separate',
  init: () => ({}),
  coefficients({ gram }, _, state) {
    if (!gram)
      throw new Error('internal: conflict-projection needs the Gram matrix of the gradients')
    const { forgetForget, forgetRetain, retainRetain } = gram
    if (forgetRetain >= 0) return { forget: 1, retain: 1, state }
    return {
      forget: 1 - forgetRetain / forgetForget,
      retain: 1 - forgetRetain / retainRetain,
      state,
    }
  },
})
