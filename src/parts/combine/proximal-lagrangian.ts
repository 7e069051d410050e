import { z } from 'zod'
import { defineCombiner } from './combiner.ts'
import { gameKnobs } from './game-knobs.ts'
import { squaredNorm } from './gram.ts'
import { heavyBall } from './heavy-ball.ts'
import { budgetKnobs, budgetOf } from './retain-budget.ts'

const schema = z.strictObject({
  proximity: z
    .number()
    .positive()
    .default(10)
    .describe('how loosely the copy of the weights, and the multiplier, are held near (γ)'),
  proximalRate: z
    .number()
    .positive()
    .default(0.1)
    .describe('rate of the copy of the weights, above the learning rate (η)'),
  proximalClip: z
    .number()
    .positive()
    .default(1)
    .describe('norm to which the direction of the copy is clipped, as train.clipNorm for weights'),
  dualStart: z.number().min(0).default(1).describe('multiplier of the retain budget at first'),
  dualRate: z
    .number()
    .min(0)
    .default(1)
    .describe('change of the multiplier per step and nat that the copy is over the budget'),
  dualMomentum: gameKnobs.dualMomentum,
  dualLimit: z.number().positive().default(1000).describe('largest multiplier'),
  centreRate: z
    .number()
    .gt(0)
    .lte(1)
    .default(0.2)
    .describe('share of the way that what the multiplier is held near follows it in a step'),
  penalty: z
    .number()
    .min(0)
    .default(1)
    .describe('extra retain weight per unit that the retain loss is over its budget'),
  lowerWeight: z
    .number()
    .positive()
    .default(1)
    .describe('weight of forgetting under the budget against the retain loss, at first'),
  lowerGrowth: z
    .number()
    .min(0)
    .default(0.3)
    .describe('power of the step by which that weight grows; 0: it stays'),
  ...budgetKnobs,
})

/**
 * LV-HBA on two levels: the least retain loss among the solutions of forgetting under a retain budget.
 *
 * `min_y L_r(y)` where y solves `min { L_f(y) : L_r(y) ≤ budget }`. The lower problem is held by its value
 * `v(y) = min_θ max_λ L_f(θ) + λ·(L_r(θ) − budget) + ‖θ − y‖²/(2γ) − (λ − z)²/(2γ)`, whose θ and λ follow by one step each.
 *
 * k = 1, 2, …; θ starts as y. With c fixed, L_r ends about `1/(c·penalty)` under a budget that binds. The refined forget
 * gradient is `g_f(y) − (y − θ)/γ`, also in reports.
 *
 * Numerics: θ in float32, stored with the run, the rest in float64; a step that is not finite changes neither. θ must lead,
 * not follow: v is right where θ has gone on from y towards the solution, so the learning rate has to be below
 * `proximalRate`, and the optimiser plain (`sgd`, momentum 0). AdamW moves weights further than θ.
 * Costs two more backward passes and five arrays.
 *
 * Differs from the released code: there is no upper variable x, retention is the upper objective; projection on the budget,
 * impossible for a network, is the term with `penalty`, which loses the guarantee; λ has its own rate, and moves before θ,
 * which sees the new one; θ's direction is clipped; c and γ are those of its toy, the rates, 0.01, 0.01 and 0.002 there, are
 * for a few hundred steps.
 */
export const proximalLagrangian = defineCombiner({
  id: 'proximal-lagrangian',
  title: 'Proximal Lagrangian value function (LV-HBA)',
  source:
    'Yao et al. 2024, arXiv:2401.16164; SUSTech-Optimization/LV-HBA Toy-example/LLC/LV-HBA.py (4e9b3ea)',
  formula:
    'λ ← clip(λ + dualRate·(L_r(θ) − budget − (λ − z)/γ) + dualMomentum·(λ − λ_before), 0, dualLimit); θ ← θ − proximalRate·clip(g_f(θ) + λ·g_r(θ) + (θ − y)/γ); z ← z + centreRate·(λ − z); u = g_f(y) − (y − θ)/γ + (1/c + max(0, λ + penalty·(L_r(y) − budget)))·g_r(y), c = lowerWeight·k^lowerGrowth',
  schema,
  gradients: 'separate',
  init: ({ dualStart }) => ({ steps: 0, dual: dualStart, before: dualStart, centre: dualStart }),
  coefficients({ losses }, knobs, state) {
    const { lowerWeight, lowerGrowth, penalty } = knobs
    const excess = losses ? losses.retain - budgetOf(state, losses.retain, knobs) : 0
    const lower = lowerWeight * (state.steps + 1) ** lowerGrowth
    const multiplier = Math.max(0, state.dual + penalty * excess)
    return {
      forget: 1,
      retain: 1 / lower + multiplier,
      state: { ...state, steps: state.steps + 1 },
    }
  },
  refinement: {
    backwardPasses: 2,
    gradientBuffers: 5,
    memory: ['proximal'],
    async apply({ forget, retain }, displaced, knobs, state) {
      const { weights } = displaced
      const { proximity: gamma, proximalRate } = knobs
      const copy = displaced.memory('proximal')
      if (state.steps === 0) copy.set(weights)
      const [shift, move] = [displaced.buffer(0), displaced.buffer(1)]
      for (let i = 0; i < shift.length; i++) shift[i] = copy[i] - weights[i]

      const kept = await displaced.gradientAt('retain', shift)
      const budget = budgetOf(state, kept.loss, knobs)
      const slope = kept.loss - budget - (state.dual - state.centre) / gamma
      const options = { rate: knobs.dualRate, momentum: knobs.dualMomentum }
      const raised = heavyBall(state.dual, state.before, slope, options)
      const dual = Math.min(Math.max(0, raised), knobs.dualLimit)
      for (let i = 0; i < move.length; i++) move[i] = dual * kept.gradient[i] + shift[i] / gamma
      const forgotten = await displaced.gradientAt('forget', shift)
      for (let i = 0; i < move.length; i++) move[i] += forgotten.gradient[i]

      const length = Math.sqrt(squaredNorm([move]))
      if (!Number.isFinite(dual + length + squaredNorm([forget, retain]))) {
        forget.fill(Number.NaN)
        return state
      }
      const rate = proximalRate * Math.min(1, knobs.proximalClip / length)
      for (let i = 0; i < copy.length; i++) {
        copy[i] -= rate * move[i]
        forget[i] += (copy[i] - weights[i]) / gamma
      }
      const centre = state.centre + knobs.centreRate * (dual - state.centre)
      return { ...state, dual, before: state.dual, centre, budget }
    },
  },
})
