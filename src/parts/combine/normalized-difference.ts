import { z } from 'zod'
import { defineCombiner } from './combiner.ts'

/** Added to each norm, so that a zero gradient stays zero; the value of the only trainer we know of. */
const normFloor = 1e-8

const schema = z.strictObject({})

/**
 * NGDiff's direction: the sum of the two gradients, each scaled to length one, so that neither goal outweighs the other.
 *
 * One norm over all trainable tensors each; the paper subtracts because its forget gradient is that of the loss to be
 * raised. Hence `⟨u, g_f⟩ ≥ 0` and `⟨u, g_r⟩ ≥ 0`: to first order no step harms either goal, and `‖u‖ ≤ 2`. Where the two
 * gradients are opposite, u is zero and training stalls.
 *
 * Numerics: norms in float64; not-a-number passes through. A forget gradient that fades is scaled up to length one,
 * noise and all, so forgetting never ends by itself. AdamW rescales u, but not the balance of its parts.
 *
 * Differs from the paper: the learning rate is that of the schedule, not found from a parabola through retain losses
 * (GeN). No official code was found; the floor of the norms is that of a third-party trainer.
 */
export const normalizedDifference = defineCombiner({
  id: 'normalized-difference',
  title: 'Normalised gradient difference (NGDiff)',
  source: 'Jin et al. 2024, arXiv:2410.22086',
  formula: 'u = g_r/(‖g_r‖ + 1e-8) + g_f/(‖g_f‖ + 1e-8)',
  schema,
  gradients: 'separate',
  init: () => ({}),
  coefficients({ gram }, _, state) {
    if (!gram)
      throw new Error('internal: normalized-difference needs the Gram matrix of the gradients')
    return {
      forget: 1 / (Math.sqrt(gram.forgetForget) + normFloor),
      retain: 1 / (Math.sqrt(gram.retainRetain) + normFloor),
      state,
    }
  },
})
