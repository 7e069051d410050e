import { z } from 'zod'
import { defineCombiner } from './combiner.ts'

const schema = z.strictObject({
  forgetWeight: z
    .number()
    .min(0)
    .default(1)
    .describe('factor of the forget loss (γ in open-unlearning)'),
  retainWeight: z
    .number()
    .min(0)
    .default(1)
    .describe('factor of the retain loss (α in open-unlearning)'),
})

/**
 * Adds the two losses with fixed weights.
 *
 * The gradient of `forgetWeight·L_f + retainWeight·L_r`, so one backward pass over forget and retain together is enough.
 *
 * Differs from open-unlearning: none known; its `gamma` is `forgetWeight`, its `alpha` is `retainWeight`. Its class
 * defaults differ between methods and are declared there.
 */
export const weighted = defineCombiner({
  id: 'weighted',
  title: 'Weighted sum',
  source: 'locuslab/open-unlearning src/trainer/unlearn/grad_diff.py',
  formula: 'u = forgetWeight·g_f + retainWeight·g_r',
  schema,
  gradients: 'fused',
  init: () => ({}),
  coefficients: (_, { forgetWeight, retainWeight }, state) => ({
    forget: forgetWeight,
    retain: retainWeight,
    state,
  }),
})
