import { z } from 'zod'
import { squaredNorm } from './gram.ts'
import type { Refinement } from './refinement.ts'

const schema = z.strictObject({
  forgetRadius: z
    .number()
    .nonnegative()
    .default(1e-3)
    .describe(
      'how far the weights go uphill of the forget loss before its gradient is taken; 0: nowhere',
    ),
  retainRadius: z.number().nonnegative().default(1e-3).describe('the same for the retain loss'),
  shared: z
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .describe('share of the mean gradient of both losses in the way uphill'),
})

/**
 * Sharpness-aware gradients in front of any combiner (SAMO): each loss is looked at from the worst place nearby.
 *
 * `d_i = α·g_0 + (1 − α)·g_i`, g_0 the mean of both gradients and α `shared`; `G_i = ∇L_i(θ + ρ_i·d_i/‖d_i‖)`, and the combiner gets
 * G_f and G_r. Uphill of the forget loss is robustness against relearning, uphill of the retain loss protects what is kept.
 *
 * Cost: one more backward pass over each set, and three arrays of the size of a gradient.
 * Differs from the paper, which estimates g_i from two forward passes and scales that estimate to g_0 layer by layer: here both
 * gradients are at hand anyway. Code and paper have different radii (0.001; .01 to .5).
 * Source: SAMO 2025, arXiv:2507.07883; OptMN-Lab/SAMO experiments/celeba/trainer_samo.py.
 */
export const sharpness: Refinement<z.infer<typeof schema>> & {
  readonly id: string
  readonly title: string
  readonly source: string
  readonly formula: string
  readonly schema: typeof schema
} = {
  id: 'sharpness',
  title: 'Sharpness-aware gradients (SAMO)',
  source: 'SAMO 2025, arXiv:2507.07883; OptMN-Lab/SAMO',
  formula: 'G_i = ∇L_i(θ + radius_i·d_i/‖d_i‖), d_i = shared·(g_f + g_r)/2 + (1 − shared)·g_i',
  schema,
  backwardPasses: 2,
  gradientBuffers: 4,
  async apply(gradients, displaced, { forgetRadius, retainRadius, shared }, state) {
    const { forget, retain } = gradients
    const uphill = { forget: displaced.buffer(10), retain: displaced.buffer(11) }
    for (const [group, own, radius] of [
      ['forget', forget, forgetRadius],
      ['retain', retain, retainRadius],
    ] as const) {
      const way = uphill[group]
      for (let i = 0; i < way.length; i++)
        way[i] = (shared * (forget[i] + retain[i])) / 2 + (1 - shared) * own[i]
      const length = Math.sqrt(squaredNorm([way]))
      const factor = length > 0 ? radius / length : 0
      for (let i = 0; i < way.length; i++) way[i] *= factor
    }
    if (forgetRadius > 0) forget.set((await displaced.gradientAt('forget', uphill.forget)).gradient)
    if (retainRadius > 0) retain.set((await displaced.gradientAt('retain', uphill.retain)).gradient)
    return state
  },
}
