import { z } from 'zod'
import { mul, sum } from '../../graph/index.ts'
import { defineLoss } from './loss.ts'

const schema = z.strictObject({})

/**
 * Gradient ascent: cross-entropy with its sign turned.
 *
 * N the answer tokens of the whole step.
 *
 * Reads `logProb` `[answers]` nats and `tokenWeight` `[answers]`; returns a scalar in nats.
 *
 * Numerics: unbounded below. The gradient `(onehot(y_t) − p)/N` does not fade as p(y_t) → 0, which is why training on
 * it collapses.
 * Differs from the released code: none known.
 */
export const gradientAscent = defineLoss({
  id: 'ga',
  title: 'Gradient ascent',
  source:
    'Maini et al. 2024 (TOFU), arXiv:2401.06121; locuslab/open-unlearning src/trainer/unlearn/grad_ascent.py',
  formula: 'L = (1/N)·Σ_t log p(y_t)',
  goal: 'forget',
  reduction: 'token-mean',
  needs: {},
  unbounded: true,
  schema,
  build: (context) => sum(mul(context.tokenWeight(), context.logProb())),
})
