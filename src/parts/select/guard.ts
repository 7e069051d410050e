import { z } from 'zod'
import { defineExampleSelector } from './selector.ts'

const schema = z.strictObject({
  map: z
    .enum(['exponential', 'power'])
    .default('exponential')
    .describe('how a weight falls with the score: exp(−score/temperature), or score^−exponent'),
  temperature: z
    .number()
    .positive()
    .default(1)
    .describe('of the exponential map, in standard deviations of the score'),
  exponent: z.number().positive().default(1).describe('of the power map'),
})

/** Scores of the power map below this share of the highest count as that: a power of nothing has no end. */
const leastShare = 0.01

/**
 * Unlearns those forget examples less whose unlearning would hurt the retain set most.
 *
 * ℓ_i is the mean of −log p over the answer of example i and L_r that over the retain set, at the starting model, over what is
 * trained.
 *
 * Cost: one gradient per forget example and one of the retain set, once.
 * What could not be verified: the paper says that weights fall with a gradient-based attribution of each forget example
 * to the retain set; its map, its constants and the normalisation are not known to us, so both likely maps are offered, and
 * the score is divided by the length of the example's gradient, because that grows with the answer. Scores are those of the
 * starting model and go stale.
 */
export const guard = defineExampleSelector({
  id: 'guard',
  title: 'Weights against harm to the retain set (GUARD)',
  source: 'Niu et al. 2025 (GUARD), arXiv:2506.10946',
  formula:
    'w_i = exp(−a_i/(temperature·sd(a))) or max(a_i, 0.01·max a)^−exponent, a_i = ⟨∇ℓ_i, ∇L_r⟩/‖∇ℓ_i‖ at the starting model; mean 1',
  schema,
  needsOther: true,
  async weigh({ count, gradients }, { map, temperature, exponent }) {
    const retain = Float32Array.from(await gradients.mean('other'))
    const scores: number[] = []
    for (let i = 0; i < count; i++) {
      const own = await gradients.example('own', i)
      let inner = 0
      let norm = 0
      for (let j = 0; j < own.length; j++) {
        inner += own[j] * retain[j]
        norm += own[j] * own[j]
      }
      scores.push(norm > 0 ? inner / Math.sqrt(norm) : 0)
    }
    const weights =
      map === 'exponential'
        ? exponentialWeights(scores, temperature)
        : powerWeights(scores, exponent)
    const mean = weights.reduce((sum, weight) => sum + weight, 0) / count
    return Float32Array.from(weights, (weight) => weight / mean)
  },
})

function exponentialWeights(scores: readonly number[], temperature: number): number[] {
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length
  const variance = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / scores.length
  const unit = temperature * Math.sqrt(variance)
  return scores.map((score) => (unit > 0 ? Math.exp(-(score - mean) / unit) : 1))
}

function powerWeights(scores: readonly number[], exponent: number): number[] {
  const least = leastShare * Math.max(...scores.map(Math.abs), Number.MIN_VALUE)
  return scores.map((score) => (Math.max(score, least) / least) ** -exponent)
}
