import { z } from 'zod'
import { mul, neg, sum } from '../../graph/index.ts'
import { defineLoss } from './loss.ts'

const schema = z.strictObject({})

/**
 * Cross-entropy of the answer tokens: ordinary training, used to keep the retain set.
 *
 * N the answer tokens of the whole step.
 *
 * Reads `logProb` `[answers]` nats and `tokenWeight` `[answers]`; returns a scalar in nats.
 *
 * Numerics: mean of tokens, not mean of sequence means, so long answers weigh more, and accumulation over
 * micro-batches of uneven lengths changes nothing.
 * Differs from the retain loss of open-unlearning: nothing for one batch; accumulated micro-batches count by their
 * tokens here, not by their number.
 */
export const crossEntropy = defineLoss({
  id: 'cross-entropy',
  title: 'Cross-entropy',
  source: 'locuslab/open-unlearning src/trainer/unlearn/grad_diff.py (retain loss NLL)',
  formula: 'L = −(1/N)·Σ_t log p(y_t)',
  goal: 'retain',
  reduction: 'token-mean',
  needs: {},
  schema,
  build: (context) => neg(sum(mul(context.tokenWeight(), context.logProb()))),
})
