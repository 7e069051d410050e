import { describe, expect, it } from 'vitest'
import { primalDual } from './primal-dual.ts'
import { descend } from './testing/descend.ts'

const nothing = { gram: null, losses: null }

/** The retain weight of each step, for the retain losses of the steps before. */
function weightsFor(settings: Record<string, unknown>, retainLosses: readonly number[]) {
  const knobs = primalDual.schema.parse(settings)
  let state = primalDual.init(knobs)
  const weights = retainLosses.map((retain) => {
    const chosen = primalDual.coefficients(nothing, knobs, state)
    state = primalDual.after?.({ forget: 0, retain }, knobs, chosen.state) ?? chosen.state
    return chosen.retain
  })
  return { weights, state }
}

describe('primal-dual', () => {
  it('changes the weight after the step whose loss it is, and never below zero', () => {
    const settings = { dualStart: 3, dualRate: 2, retainBudget: 1 }
    const { weights, state } = weightsFor(settings, [2, 0.5, 0, 0, 0, 1.25])
    expect(weights).toEqual([3, 5, 4, 2, 0, 0])
    expect(state).toEqual({ dual: 0.5, before: 0, steps: 6, budget: 1 })
  })

  it('waits for the warm-up, in which the budget is found all the same', () => {
    const settings = { dualWarmupSteps: 2, budgetFactor: 1.5 }
    const { weights, state } = weightsFor(settings, [2, 9, 4, 3])
    expect(weights).toEqual([1, 1, 1, 2])
    expect(state).toEqual({ dual: 2, before: 2, steps: 4, budget: 3 })
  })

  it('takes the budget from the first step only', () => {
    expect(weightsFor({}, [2, 7, 1]).state.budget).toBeCloseTo(2.2, 12)
    expect(weightsFor({ retainBudget: 0.25 }, [2, 7, 1]).state.budget).toBe(0.25)
  })

  it('weighs forgetting by a constant', () => {
    const knobs = primalDual.schema.parse({ forgetWeight: 0.25 })
    expect(primalDual.coefficients(nothing, knobs, primalDual.init(knobs)).forget).toBe(0.25)
  })

  it.each([
    [{ retainBudget: 1, dualStart: 0 }, 1, 1],
    [{ retainBudget: 1, dualStart: 10 }, 1, 1],
    [{ retainBudget: 1, forgetWeight: 2 }, 1, 1],
    // The cap does not bind: the forget loss alone decides.
    [{ retainBudget: 9 }, 2, 0],
    // The first step's retain loss is 4, the budget a quarter more: no bound either.
    [{ budgetFactor: 1.25, dualStart: 5 }, 2, 0],
  ])('finds the constrained optimum and its multiplier: %o', (settings, x, weight) => {
    const found = descend(primalDual, { dualRate: 0.02, ...settings }, 4000)
    expect(found.x).toBeCloseTo(x, 6)
    expect(found.weight).toBeCloseTo(weight, 6)
  })

  it('lets not-a-number through', () => {
    expect(weightsFor({}, [Number.NaN]).state.dual).toBeNaN()
    expect(weightsFor({ retainBudget: 1 }, [Number.NaN]).state.dual).toBeNaN()
  })
})
