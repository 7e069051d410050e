import { z } from 'zod'
import type { Combiner } from './combiner.ts'
import { budgetKnobs, budgetOf } from './retain-budget.ts'

const schema = z.strictObject({
  forgetWeight: z.number().min(0).default(1).describe('factor of the forget loss'),
  dualStart: z
    .number()
    .min(0)
    .default(1)
    .describe('weight of the retain loss at first (alpha in the released code)'),
  dualRate: z
    .number()
    .min(0)
    .default(1)
    .describe(
      'change of the retain weight per step and nat that the retain loss is off its budget',
    ),
  dualWarmupSteps: z
    .number()
    .int()
    .min(0)
    .default(0)
    .describe('optimiser steps before the retain weight starts to change'),
  ...budgetKnobs,
})

/**
 * PDU's rule: forgetting under a cap on the retain loss, whose weight λ is the multiplier that the cap needs.
 *
 * `u = forgetWeight·g_f + λ·g_r`; after each optimiser step `λ ← max(0, λ + dualRate·(L_r − budget))`, λ starting at
 * `dualStart`. L_r is the retain loss of the whole step just made, measured before the weights moved, and the step
 * itself used the old λ: the order of the released code. λ is known beforehand, so one backward pass is enough.
 *
 * Numerics: λ and the budget are float64 and stored with the run, so a resumed run is exact; not-a-number passes
 * through. λ at 0 means the budget is not reached; a λ that only grows means that it cannot be kept. λ scales the
 * direction before clipping, so a large `dualStart` meets `clipNorm` first. The two players step at once, so momentum
 * (`beta1`) and a large `dualRate` make λ swing around its limit; `augmented-lagrangian` damps that.
 *
 * Differs from the released code, which updates λ with each micro-batch's loss, on each device apart; here once per
 * step, so accumulation equals the big batch. Its warm-up and its other way to update (`upon: epoch`, a pass over all
 * retain data) count epochs; here the warm-up counts steps, and the other way is not offered. It demands a budget.
 * Its recipe for TOFU is λ from 100, rate 5, budget 0.3, because its forget loss is numerically large.
 * Source: Entesari et al. 2025, arXiv:2506.05314; locuslab/open-unlearning src/trainer/unlearn/pdu.py.
 */
export const primalDual: Combiner<typeof schema> = {
  id: 'primal-dual',
  title: 'Primal-dual (PDU)',
  source:
    'Entesari et al. 2025, arXiv:2506.05314; locuslab/open-unlearning src/trainer/unlearn/pdu.py',
  formula: 'u = forgetWeight·g_f + λ·g_r; λ ← max(0, λ + dualRate·(L_r − budget))',
  schema,
  gradients: 'fused',
  init: ({ dualStart }) => ({ dual: dualStart, steps: 0 }),
  coefficients: (_, { forgetWeight }, state) => ({
    forget: forgetWeight,
    retain: state.dual,
    state,
  }),
  after({ retain }, knobs, state) {
    const budget = budgetOf(state, retain, knobs)
    const steps = state.steps + 1
    const dual =
      steps > knobs.dualWarmupSteps
        ? Math.max(0, state.dual + knobs.dualRate * (retain - budget))
        : state.dual
    return { dual, steps, budget }
  },
}
