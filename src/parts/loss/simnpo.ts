import { z } from 'zod'
import { addScalar, div, mul, scale, softplus, sum } from '../../graph/index.ts'
import { defineLoss } from './loss.ts'
import { tinyLength } from './tiny-length.ts'

const schema = z.strictObject({
  beta: z
    .number()
    .positive()
    .default(4.5)
    .describe('sharpness: how soon the push fades once an answer is unlikely, per token'),
  margin: z
    .number()
    .default(0)
    .describe(
      'nats per token that an answer must be less likely than 1 for the push to halve (δ; "gamma" in the official code)',
    ),
})

/**
 * Simple NPO: no starting model, and a mean over the tokens of an answer, so that short answers are not spared.
 *
 * `logp_b = Σ_t log p(y_t)` over the n_b answer tokens of sequence b, B the sequences of the whole step.
 *
 * Reads `sequenceLogProb`, `sequenceLength` and `sequenceWeight`, all `[batch]`; returns a scalar in nats.
 *
 * Numerics: softplus, exact for log-likelihoods of −1e4. β is for a mean per token; that of NPO, 0.1, is for a sum.
 * Differs from the paper: nothing known. Names differ: "gamma" of the official code is the margin here, and its
 * `npo_coeff` the factor of the loss.
 */
export const simnpo = defineLoss({
  id: 'simnpo',
  title: 'Simple negative preference optimisation',
  source: 'Fan et al. 2024, arXiv:2410.07163; OPTML-Group/Unlearn-Simple (f1a355d)',
  formula: 'L = −(2/β)·(1/B)·Σ_b log σ(−β·(logp_b/n_b + margin))',
  goal: 'forget',
  reduction: 'sequence-mean',
  needs: {},
  schema,
  build(context, { beta, margin }) {
    const length = addScalar(context.sequenceLength(), tinyLength)
    const perToken = addScalar(div(context.sequenceLogProb(), length), margin)
    return scale(sum(mul(context.sequenceWeight(), softplus(scale(perToken, beta)))), 2 / beta)
  },
})
