import { z } from 'zod'
import { mul, neg, sum } from '../../graph/index.ts'
import { defineLoss } from './loss.ts'

const schema = z.strictObject({})

/**
 * Ordinary training on the preferred answer, such as a refusal: the answer to be forgotten is never seen.
 *
 * Over the tokens of the preferred answers, N their number in the whole step.
 *
 * Reads `logProb` (nats) and `preferredTokenWeight`, both `[answers]`; returns a scalar in nats.
 *
 * Differs from the released TOFU code, which puts refusals and retain answers into one token mean: here each set has its
 * own mean, so long retain answers do not outweigh short refusals.
 */
export const preferredNll = defineLoss({
  id: 'preferred-nll',
  title: 'Training on the preferred answer',
  source:
    'Maini et al. 2024 (TOFU), arXiv:2401.06121; locuslab/open-unlearning src/data/qa.py (QAwithIdkDataset)',
  formula: 'L = −(1/N)·Σ_t log p(y_t) over preferred answers',
  goal: 'forget',
  reduction: 'token-mean',
  needs: { preferred: true },
  schema,
  build(context) {
    return neg(sum(mul(context.preferredTokenWeight(), context.logProb())))
  },
})
