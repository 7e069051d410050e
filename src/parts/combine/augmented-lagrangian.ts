import { z } from 'zod'
import { type CombinerState, defineCombiner, type StepLosses } from './combiner.ts'
import { gameGradients, gameKnobs } from './game-knobs.ts'
import { heavyBall } from './heavy-ball.ts'
import { budgetKnobs, budgetOf } from './retain-budget.ts'

/** The penalty doubles where the violation, unless it is new, has not fallen to this share of the last one. */
const enoughProgress = 0.9
/** Violations up to this share of the budget count as none; else rounding alone would double the penalty in the end. */
const tolerance = 0.01

const schema = z.strictObject({
  forgetWeight: z.number().min(0).default(1).describe('factor of the forget loss'),
  dualStart: z.number().min(0).default(1).describe('weight of the retain loss at first'),
  penalty: z
    .number()
    .positive()
    .default(1)
    .describe('extra retain weight per unit that the retain loss is over its budget, at first'),
  penaltyLimit: z
    .number()
    .positive()
    .default(100)
    .describe('largest penalty that doubling reaches'),
  dualEvery: z
    .number()
    .int()
    .min(1)
    .default(10)
    .describe('optimiser steps between two changes of the multiplier, which uses their mean loss'),
  ...gameKnobs,
  ...budgetKnobs,
})

/**
 * Forgetting under a cap on the retain loss by an augmented Lagrangian: a multiplier for the long run, a penalty for now.
 *
 * λ is the multiplier, ρ the penalty's strength. With `c = L_r − budget` of the step before (0 at the first step), u is the gradient of
 * `forgetWeight·L_f + (max(0, λ + ρ·c)² − λ²)/(2ρ)`. λ moves every `dualEvery` steps, by the mean c̄ of theirs; then
 * `ρ ← min(2ρ, penaltyLimit)` where c̄ is above 0.9 times the c̄ before, both above zero, and above a hundredth of the budget.
 *
 * Numerics: float64, stored with the run, so a resumed run is exact; not-a-number passes through. The penalty damps
 * the swinging of `primal-dual`, where λ alone has to follow, as long as learning rate · ρ · ‖g_r‖² stays below about 1.
 * Momentum narrows that range (`beta1` of 0.3 at most). `penaltyLimit` below `penalty` only keeps it from growing.
 *
 * Differs from the textbook: c in u is one step old, so that one backward pass over both groups is enough; the
 * weight is then independent of the noise of the batch it weighs. With `alternate` c is that of the step. λ and ρ are not changed at the end of an inner
 * minimisation but after a fixed number of steps.
 * A violation that is small or follows none does not double ρ, and the limit is 100, not 1e5: noise around the budget
 * would otherwise drive ρ up for good.
 * No code was found; doubling, 0.9 and 1e5 are those of a third-party implementation.
 */
export const augmentedLagrangian = defineCombiner({
  id: 'augmented-lagrangian',
  title: 'Augmented Lagrangian',
  source: 'the standard method; for stochastic training arXiv:2310.16647',
  formula:
    'u = forgetWeight·g_f + max(0, λ + ρ·(L_r − budget))·g_r; λ ← max(0, λ + ρ·mean(L_r − budget) + dualMomentum·(λ − λ_before))',
  schema,
  gradients: 'fused',
  gradientsFor: gameGradients,
  init: ({ dualStart, penalty }) => ({
    dual: dualStart,
    penalty,
    mean: 0,
    excess: 0,
    total: 0,
    steps: 0,
  }),
  coefficients({ losses }, knobs, given) {
    const state = knobs.alternate && losses ? learned(losses, knobs, given) : given
    const retain = Math.max(0, state.dual + state.penalty * state.excess)
    return { forget: knobs.forgetWeight, retain, state }
  },
  after: (losses, knobs, state) => (knobs.alternate ? state : learned(losses, knobs, state)),
})

function learned(
  { retain }: StepLosses,
  knobs: z.infer<typeof schema>,
  state: CombinerState,
): CombinerState {
  const budget = budgetOf(state, retain, knobs)
  const excess = retain - budget
  const [total, steps] = [state.total + excess, state.steps + 1]
  if (steps < knobs.dualEvery) return { ...state, budget, excess, total, steps }
  const mean = total / steps
  const stuck = state.mean > 0 && mean > tolerance * budget && mean > enoughProgress * state.mean
  const doubled = Math.max(state.penalty, Math.min(2 * state.penalty, knobs.penaltyLimit))
  const { dual, before = dual, penalty: rate } = state
  const next = heavyBall(dual, before, mean, { rate, momentum: knobs.dualMomentum })
  return {
    dual: Math.max(0, next),
    before: dual,
    penalty: stuck ? doubled : state.penalty,
    mean,
    excess,
    total: 0,
    steps: 0,
    budget,
  }
}
