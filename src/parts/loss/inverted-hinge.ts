import { z } from 'zod'
import {
  addScalar,
  argMax,
  mul,
  pickLabels,
  softmax,
  stopGradient,
  sub,
  sum,
} from '../../graph/index.ts'
import { defineLoss } from './loss.ts'
import { lowerLabels } from './lower-labels.ts'

const schema = z.strictObject({})

/**
 * Inverted hinge: asks only that the true token fall below its runner-up.
 *
 * In [0, 2]; N the answer tokens of the whole step.
 *
 * Reads `logits` `[answers, vocab]`, `labels` and `tokenWeight` `[answers]`; returns a scalar without unit. Only the true
 * token and its runner-up are pushed.
 *
 * Numerics: the hinge `[·]_+` of the paper is left out, for probabilities never make it negative. That also means that the
 * loss does not stop when the token has fallen below its runner-up.
 */
export const invertedHinge = defineLoss({
  id: 'inverted-hinge',
  title: 'Inverted hinge loss',
  source: 'Cha et al. 2024 (LoKU), arXiv:2408.06621; csm9493/efficient-llm-unlearning (272484a)',
  formula: 'L = (1/N)·Σ_t (1 + p_t(y_t) − max_{v≠y_t} p_t(v))',
  goal: 'forget',
  reduction: 'token-mean',
  needs: { logits: true },
  unit: 'probability',
  schema,
  build(context) {
    const probabilities = softmax(context.logits())
    const runnerUp = argMax(lowerLabels(context, stopGradient(probabilities), 2))
    const gap = sub(
      pickLabels(probabilities, context.labels()),
      pickLabels(probabilities, runnerUp),
    )
    return sum(mul(context.tokenWeight(), addScalar(gap, 1)))
  },
})
