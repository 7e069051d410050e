import { z } from 'zod'
import { defineEstimator } from './estimator.ts'
import { directionKnobs } from './random-directions.ts'

const schema = z.strictObject(directionKnobs)

/**
 * The gradient from losses alone: two forward passes along each random direction, no backward pass.
 *
 * q is `directions`, μ `smoothing`, the signs are independent. The mean of the estimate is the gradient, up to μ². Both
 * evaluations see the same data; the weights are put back to the bit.
 *
 * Numerics: losses are differences of f32, so μ must not be too small; signs cost one random bit a weight and nothing to
 * keep. Differs from the paper, which draws from the unit sphere and leaves the factor of dimension open; from MeZO, which
 * draws normal numbers.
 */
export const zerothOrder = defineEstimator({
  id: 'zeroth-order',
  title: 'Zeroth order (random signs)',
  source:
    'Spall 1992 (SPSA); Malladi et al. 2023 (MeZO), arXiv:2305.17333; Lang et al. 2025 (Downgrade to Upgrade), arXiv:2510.00761',
  formula: 'ĝ = (1/q)·Σ_i [L(θ + μ·r_i) − L(θ − μ·r_i)]/(2μ)·r_i, r_i of random signs',
  schema,
  directions: ({ directions }) => directions,
  smoothing: ({ smoothing }) => smoothing,
  needs: { forward: true },
})
