import { z } from 'zod'
import { type CombinerState, defineCombiner, type StepLosses } from './combiner.ts'
import { gameGradients, gameKnobs } from './game-knobs.ts'
import { heavyBall } from './heavy-ball.ts'
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
  ...gameKnobs,
  ...budgetKnobs,
})

/**
 * PDU's rule: forgetting under a cap on the retain loss, whose weight λ is the multiplier that the cap needs.
 *
 * λ starts at `dualStart` and moves after each optimiser step. L_r is the retain loss of the whole step just made, measured
 * before the weights moved, and the step itself used the old λ: the order of the released code. λ is known beforehand, so
 * one backward pass is enough. With `alternate` the step uses the new λ.
 *
 * Numerics: λ and the budget are float64 and stored with the run, so a resumed run is exact; not-a-number passes
 * through. λ at 0 means the budget is not reached; a λ that only grows means that it cannot be kept. λ scales the
 * direction before clipping, so a large `dualStart` meets `clipNorm` first. The two players step at once, so momentum
 * (`beta1`) and a large `dualRate` make λ swing around its limit; `alternate`, a negative `dualMomentum` and
 * `augmented-lagrangian` damp that.
 *
 * Differs from the released code, which updates λ with each micro-batch's loss, on each device apart; here once per
 * step, so accumulation equals the big batch. Its warm-up and its other way to update (`upon: epoch`, a pass over all
 * retain data) count epochs; here the warm-up counts steps, and the other way is not offered. It demands a budget.
 * Its recipe for TOFU is λ from 100, rate 5, budget 0.3, because its forget loss is numerically large.
 */
export const primalDual = defineCombiner({
  id: 'primal-dual',
  title: 'Primal-dual (PDU)',
  source:
    'Entesari et al. 2025, arXiv:2506.05314; locuslab/open-unlearning src/trainer/unlearn/pdu.py; `dualMomentum` and `alternate` arXiv:2505.19537',
  formula:
    'u = forgetWeight·g_f + λ·g_r; λ ← max(0, λ + dualRate·(L_r − budget) + dualMomentum·(λ − λ_before))',
  schema,
  gradients: 'fused',
  gradientsFor: gameGradients,
  init: ({ dualStart }) => ({ dual: dualStart, steps: 0 }),
  coefficients({ losses }, knobs, given) {
    const state = knobs.alternate && losses ? learned(losses, knobs, given) : given
    return { forget: knobs.forgetWeight, retain: state.dual, state }
  },
  after: (losses, knobs, state) => (knobs.alternate ? state : learned(losses, knobs, state)),
})

function learned(
  { retain }: StepLosses,
  knobs: z.infer<typeof schema>,
  state: CombinerState,
): CombinerState {
  const budget = budgetOf(state, retain, knobs)
  const steps = state.steps + 1
  if (steps <= knobs.dualWarmupSteps) return { ...state, steps, budget }
  const { dualRate: rate, dualMomentum: momentum } = knobs
  const { dual, before = dual } = state
  const next = heavyBall(dual, before, retain - budget, { rate, momentum })
  return { dual: Math.max(0, next), before: dual, steps, budget }
}
