import { z } from 'zod'
import { overQuantile, riskKnob, riskScores } from './risk.ts'
import { defineTokenSelector } from './selector.ts'

const schema = z.strictObject({
  risk: riskKnob,
  quantile: z
    .number()
    .min(0)
    .lt(1)
    .default(0.1)
    .describe('share of the tokens of a step, the least risky, that are left out'),
})

/**
 * The risky tail of a step's tokens: with risk the loss, training on them minimises the conditional value at risk.
 *
 * The quantile is that over the answer tokens of the set in the step, of the current model, without a gradient.
 *
 * Differs from the paper: `memory` is ours, because ascending on the riskiest tokens would ascend where nothing is left.
 * `adaptive-value-at-risk` moves the quantile.
 */
export const valueAtRisk = defineTokenSelector({
  id: 'value-at-risk',
  title: 'Tokens at risk (ESLM)',
  source: 'ESLM, arXiv:2505.19893; Rockafellar and Uryasev 2000 (conditional value at risk)',
  formula:
    'tokens with S_t ≥ τ, its quantile in the step, S = −log p(y_t), log p(y_t) or −Σ_v p_v·log p_v',
  schema,
  when: 'step',
  needs: { logProb: true, entropy: true },
  weigh: (input, { risk, quantile }) => overQuantile(riskScores(input, risk), quantile),
})
