import { z } from 'zod'
import { defineEstimator } from './estimator.ts'

const schema = z.strictObject({})

/** Backpropagation: the gradient itself. */
export const exact = defineEstimator({
  id: 'exact',
  title: 'Backpropagation',
  source: 'Rumelhart et al. 1986',
  formula: 'g = ∇L',
  schema,
  directions: () => 0,
  smoothing: () => null,
  needs: { backward: true },
})
