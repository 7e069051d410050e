import { z } from 'zod'
import { defineExampleSelector } from './selector.ts'

const schema = z.strictObject({
  share: z
    .number()
    .gt(0)
    .lte(1)
    .default(0.5)
    .describe('share of the examples that are chosen, the hardest to unlearn'),
  rounds: z.int().positive().default(5).describe('times that membership is moved'),
  unlearnSteps: z
    .int()
    .positive()
    .default(5)
    .describe('steps of sign descent on the examples not chosen, in each round'),
  unlearnRate: z.number().positive().default(1e-4).describe('learning rate of those steps'),
  weightRate: z.number().positive().default(0.1).describe('how far membership moves in a round'),
  spread: z
    .number()
    .nonnegative()
    .default(0)
    .describe('penalty on the squares of the membership, which spreads it over examples'),
})

/**
 * The subset of a set that is hardest to unlearn, to test methods on.
 *
 * Membership `w ∈ [0,1]^N, Σ w = m` starts even; in each round the starting model takes a few signSGD steps, that is, it is
 * trained on everything but the chosen; ℓ_i is then its mean −log p on example i, and Π the projection on the capped
 * simplex. The rest takes no part: those that stay likely without being trained on are chosen.
 *
 * Because the sign has no derivative almost everywhere, the implicit gradient vanishes and the upper gradient is ℓ_i.
 * Differs from the paper, which does this for image classifiers: losses are means per answer token, and the lower level trains
 * what the recipe trains.
 */
export const worstCase = defineExampleSelector({
  id: 'worst-case',
  title: 'Worst-case forget set',
  source:
    'Fan et al. 2024 (Challenging Forgets), arXiv:2403.07362; OPTML-Group/Unlearn-WorstCase (fc727ce)',
  formula:
    'w ← Π(w − weightRate·(ℓ_i + 2·spread·w_i)), ℓ_i after signSGD steps on Σ (1 − w_i)·ℓ_i; the m highest take part',
  schema,
  needsOther: false,
  async weigh({ count, gradients }, knobs) {
    const chosen = Math.max(1, Math.round(knobs.share * count))
    let membership = new Float64Array(count).fill(chosen / count)
    for (let round = 0; round < knobs.rounds && chosen < count; round++) {
      const losses = await gradients.lossesAfter({
        weights: Float32Array.from(membership, (w) => 1 - w),
        steps: knobs.unlearnSteps,
        learningRate: knobs.unlearnRate,
      })
      const moved = membership.map(
        (w, i) => w - knobs.weightRate * (losses[i] + 2 * knobs.spread * w),
      )
      membership = projectOnCappedSimplex(moved, chosen)
    }
    const order = [...membership.keys()].sort((a, b) => membership[b] - membership[a] || a - b)
    const weights = new Float32Array(count)
    for (const place of order.slice(0, chosen)) weights[place] = 1
    return weights
  },
})

/** The nearest point of `{w ∈ [0,1]^N, Σ w = total}`: `clip(x − ν, 0, 1)`, ν by bisection. */
export function projectOnCappedSimplex(
  point: Float64Array,
  total: number,
): Float64Array<ArrayBuffer> {
  let low = Math.min(...point) - 1
  let high = Math.max(...point)
  const at = (shift: number) => Float64Array.from(point, (x) => Math.min(1, Math.max(0, x - shift)))
  for (let i = 0; i < 100; i++) {
    const middle = (low + high) / 2
    if (at(middle).reduce((sum, w) => sum + w, 0) > total) low = middle
    else high = middle
  }
  return at((low + high) / 2)
}
