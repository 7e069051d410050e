import { z } from 'zod'
import { defineEstimator } from './estimator.ts'
import { directionKnobs } from './random-directions.ts'

const schema = z.strictObject({
  ...directionKnobs,
  period: z
    .int()
    .positive()
    .default(20)
    .describe('steps by backpropagation, then as many from losses alone, and so on'),
})

/**
 * Backpropagation and zeroth order in turns: efficacy from one, a flatter place from the other.
 *
 * Steps 1 … N by backpropagation, N + 1 … 2N by `zeroth-order`, and so on, N `period`. The paper ends with zeroth order: make
 * the number of steps a multiple of 2N. N 20 does best there; its other settings are not known.
 */
export const hybrid = defineEstimator({
  id: 'hybrid',
  title: 'First and zeroth order in turns',
  source: 'Lang et al. 2025, arXiv:2510.00761',
  formula: 'period steps of ∇L, then period steps of the zeroth-order estimate, and so on',
  schema,
  directions: ({ directions, period }, step) =>
    Math.floor((step - 1) / period) % 2 === 0 ? 0 : directions,
  smoothing: ({ smoothing }) => smoothing,
  needs: { backward: true, forward: true },
})
