import { z } from 'zod'
import { defineMergeRule } from './merge-rule.ts'

const schema = z.strictObject({
  density: z
    .number()
    .gt(0)
    .lte(1)
    .default(0.8)
    .describe('share of each tensor’s changes that is kept, the largest'),
})

/**
 * TIES: trims small changes, elects a sign for each entry, and averages the changes that agree with it.
 *
 * trim keeps the `density` of largest magnitude of each tensor; θ_0 stays where no change agrees. Weights have no part in the
 * election.
 *
 * Numerics: changes in float32 as the tensors are, sums in float64.
 * Differs from the paper, which has no weights and trims over the whole model: like PEFT, by tensor. Differs from PEFT: of
 * changes of equal size at the border all are kept, and always one.
 */
export const ties = defineMergeRule({
  id: 'ties',
  title: 'TIES',
  source: 'Yadav et al. 2023, arXiv:2306.01708; huggingface/peft src/peft/utils/merge_utils.py',
  formula:
    'd_k = trim(θ_k − θ_0), s = −1 where Σ_k d_k < 0, else 1; θ = θ_0 + Σ_{k: sign d_k = s} w_k·d_k/#{k: sign d_k = s}',
  schema,
  merge(base, tuned, weights, { density }) {
    const changes = tuned.map((values) => {
      const change = values.map((value, i) => value - base[i])
      const least = smallestKept(change, density)
      return change.map((d) => (Math.abs(d) >= least ? d : 0))
    })
    return base.map((start, i) => {
      const sign = changes.reduce((sum, change) => sum + change[i], 0) < 0 ? -1 : 1
      let sum = 0
      let agreeing = 0
      for (const [k, change] of changes.entries())
        if (Math.sign(change[i]) === sign) {
          sum += weights[k] * change[i]
          agreeing++
        }
      return agreeing > 0 ? start + sum / agreeing : start
    })
  },
})

/** Magnitude of the smallest change among the share of largest. */
function smallestKept(change: Float32Array, density: number): number {
  const sizes = change.map(Math.abs).sort()
  const kept = Math.max(1, Math.floor(density * sizes.length))
  return sizes[sizes.length - kept]
}
