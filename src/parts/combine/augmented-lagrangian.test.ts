import { describe, expect, it } from 'vitest'
import { augmentedLagrangian } from './augmented-lagrangian.ts'
import { primalDual } from './primal-dual.ts'
import { descend } from './testing/descend.ts'

const nothing = { gram: null, losses: null }

/** The retain weight of each step and the state in the end, for the retain losses of the steps. */
function weightsFor(settings: Record<string, unknown>, retainLosses: readonly number[]) {
  const knobs = augmentedLagrangian.schema.parse({ retainBudget: 1, ...settings })
  let state = augmentedLagrangian.init(knobs)
  const weights = retainLosses.map((retain) => {
    const chosen = augmentedLagrangian.coefficients(nothing, knobs, state)
    state = augmentedLagrangian.after?.({ forget: 0, retain }, knobs, chosen.state) ?? chosen.state
    return chosen.retain
  })
  return { weights, state }
}

describe('augmented-lagrangian', () => {
  it('weighs retention by the multiplier plus the penalty on the last excess', () => {
    const settings = { dualStart: 2, penalty: 4, dualEvery: 100 }
    expect(weightsFor(settings, [1.5, 0.75, 0.25, 1]).weights).toEqual([2, 4, 1, 0])
  })

  it('changes the multiplier by the mean excess of the steps in between', () => {
    const { weights, state } = weightsFor({ penalty: 2, dualEvery: 2 }, [3, 2, 1, 0, 0, 0])
    // λ: 1, then 1 + 2·1.5 = 4, then 4 − 2·0.5 = 3, then 3 − 2·1 = 1; each weight adds 2·(last excess).
    expect(weights).toEqual([1, 5, 4 + 2, 4, 3 - 2, 3 - 2])
    expect(state).toMatchObject({ dual: 1, steps: 0, total: 0, excess: -1 })
  })

  it('doubles the penalty where the violation stays, up to the limit', () => {
    const penaltyAfter = (losses: readonly number[], penaltyLimit = 1e5) =>
      weightsFor({ dualEvery: 1, penaltyLimit }, losses).state.penalty
    expect(penaltyAfter([2])).toBe(1)
    expect(penaltyAfter([2, 1.95])).toBe(2)
    expect(penaltyAfter([2, 1.8])).toBe(1)
    expect(penaltyAfter([2, 2, 2, 2])).toBe(8)
    expect(penaltyAfter([2, 2, 2, 2], 3)).toBe(3)
    expect(penaltyAfter([2, 2, 2, 2], 0.5)).toBe(1)
    // A violation that is new, or over, says nothing about the penalty.
    expect(penaltyAfter([2, 0.5, 2, 1, 2])).toBe(1)
    expect(penaltyAfter([1.005, 1.009])).toBe(1)
  })

  it('takes the budget from the first step where none is set', () => {
    expect(weightsFor({ retainBudget: null }, [2, 7]).state.budget).toBeCloseTo(2.2, 12)
  })

  it.each([
    [{ retainBudget: 1, dualStart: 0 }, 1, 1],
    [{ retainBudget: 1, dualStart: 10, dualEvery: 50 }, 1, 1],
    [{ retainBudget: 1, forgetWeight: 2, penalty: 0.1 }, 1, 1],
    [{ retainBudget: 9 }, 2, 0],
    [{ budgetFactor: 1.25, dualStart: 5 }, 2, 0],
  ])('finds the constrained optimum and its multiplier: %o', (settings, x, weight) => {
    const found = descend(augmentedLagrangian, settings, 4000)
    expect(found.x).toBeCloseTo(x, 6)
    expect(found.weight).toBeCloseTo(weight, 6)
  })

  it('settles where the multiplier alone still swings', () => {
    const settings = { retainBudget: 1, dualStart: 0 }
    const alone = descend(primalDual, { ...settings, dualRate: 4 }, 200)
    const damped = descend(augmentedLagrangian, { ...settings, penalty: 4 }, 200)
    expect(Math.abs(damped.x - 1)).toBeLessThan(Math.abs(alone.x - 1) / 100)
  })

  it('lets not-a-number through', () => {
    expect(weightsFor({}, [Number.NaN, 1]).weights[1]).toBeNaN()
    expect(weightsFor({ dualEvery: 1 }, [Number.NaN]).state.dual).toBeNaN()
  })
})
