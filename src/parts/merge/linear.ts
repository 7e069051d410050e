import { z } from 'zod'
import { defineMergeRule } from './merge-rule.ts'

const schema = z.strictObject({})

/**
 * Adds the weighted changes.
 *
 * Numerics: in float64, rounded once.
 */
export const linear = defineMergeRule({
  id: 'linear',
  title: 'Task arithmetic',
  source: 'Ilharco et al. 2022 (task arithmetic), arXiv:2212.04089',
  formula: 'θ = θ_0 + Σ_k w_k·(θ_k − θ_0)',
  schema,
  merge: (base, tuned, weights) =>
    base.map((start, i) =>
      tuned.reduce((sum, values, k) => sum + weights[k] * (values[i] - start), start),
    ),
})
