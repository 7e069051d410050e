import { z } from 'zod'
import { mul, scale, softplus, sub, sum } from '../../graph/index.ts'
import { defineLoss } from './loss.ts'

const schema = z.strictObject({
  beta: z
    .number()
    .positive()
    .default(0.1)
    .describe('sharpness: how soon the push fades once the preferred answer leads'),
})

/**
 * Direct preference optimisation as unlearning uses it: prefers a refusal, or another answer, to the one to be forgotten.
 *
 * d is summed over the tokens of an answer, w the preferred one and l the forgotten one to the same prompt; B the forget
 * sequences of the whole step.
 *
 * Reads `sequenceLogProb`, `preferredSequenceLogProb`, their values under the starting model (nats; cached, no gradient)
 * and `sequenceWeight`, all `[batch]`; returns a scalar in nats. `2·ln 2/β` at the start.
 *
 * Numerics: `−log σ(x)` is computed as softplus(−x), exact for log-ratios of ±1e4.
 * Differs from the DPO paper by the factor 2/β, which every unlearning code keeps: with β 0.1 it makes the loss twenty
 * times as heavy beside a retain loss. The preferred answer of an example is the same in every epoch; released code draws
 * a refusal anew each time.
 */
export const dpo = defineLoss({
  id: 'dpo',
  title: 'Direct preference optimisation',
  source:
    'Rafailov et al. 2023, arXiv:2305.18290; Maini et al. 2024 (TOFU), arXiv:2401.06121; locuslab/open-unlearning src/trainer/utils.py',
  formula: 'L = −(2/β)·(1/B)·Σ_b log σ(β·(d_w,b − d_l,b)), d = logp − logp0, w preferred to l',
  goal: 'forget',
  reduction: 'sequence-sum',
  needs: { preferred: true, referenceLogProb: true },
  schema,
  build(context, { beta }) {
    const forgotten = sub(context.sequenceLogProb(), context.referenceSequenceLogProb())
    const preferred = sub(
      context.preferredSequenceLogProb(),
      context.referencePreferredSequenceLogProb(),
    )
    const behind = sub(forgotten, preferred)
    return scale(sum(mul(context.sequenceWeight(), softplus(scale(behind, beta)))), 2 / beta)
  },
})
