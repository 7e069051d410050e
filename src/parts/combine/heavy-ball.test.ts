import { describe, expect, it } from 'vitest'
import { augmentedLagrangian } from './augmented-lagrangian.ts'
import { heavyBall } from './heavy-ball.ts'
import { primalDual } from './primal-dual.ts'
import { descend } from './testing/descend.ts'

/** How far min over x, max over y of x·y + 0.05·(x² − y²)/2 ends from (0, 0), from (1, 1), both with the same momentum. */
function play(momentum: number, inTurn: boolean): number {
  const rate = 0.1
  let [x, y, xBefore, yBefore] = [1, 1, 1, 1]
  for (let step = 0; step < 3000; step++) {
    const nextX = heavyBall(x, xBefore, -(y + 0.05 * x), { rate, momentum })
    const nextY = heavyBall(y, yBefore, (inTurn ? nextX : x) - 0.05 * y, { rate, momentum })
    ;[x, y, xBefore, yBefore] = [nextX, nextY, x, y]
  }
  return Math.hypot(x, y)
}

describe('heavy ball in a game', () => {
  // Computed apart from this code, when the paper was read.
  it.each([
    [false, -0.5, 5.8e-4],
    [false, -0.3, 1.6e-3],
    [false, 0, 1.5],
    [true, -0.3, 2.1e-7],
    [true, 0, 4.1e-7],
  ])('in turn %s, momentum %d ends %d away', (inTurn, momentum, distance) => {
    expect(play(momentum, inTurn) / distance).toBeCloseTo(1, 1)
  })

  it.each([false, true])('in turn %s, a momentum of 0.3 leads away', (inTurn) => {
    expect(play(0.3, inTurn)).toBeGreaterThan(100)
  })
})

describe('a multiplier that plays against the weights', () => {
  const settings = { retainBudget: 1, dualStart: 1 }

  // Near the optimum a step is linear in x, λ and the λ before; the rates are the spectral radii of its matrix, by numpy.
  it.each([
    [0, false, 0.992],
    [-0.4, false, 0.976],
    [0, true, 0.9592],
    [0.2, true, 0.9694],
  ])('dualMomentum %d, alternate %s: settles by %d a step', (dualMomentum, alternate, rate) => {
    const knobs = { ...settings, dualRate: 0.8, dualMomentum, alternate }
    const off = (steps: number) => {
      const { x, weight } = descend(primalDual, knobs, steps)
      return Math.hypot(x - 1, weight - 1)
    }
    // The most of a while, since it swings.
    const most = (from: number) => Math.max(...Array.from({ length: 80 }, (_, i) => off(from + i)))
    const measured = (most(350) / most(150)) ** (1 / 200)
    expect(Math.abs(measured - rate)).toBeLessThan(0.002)
  })

  it('settles with negative momentum, or in turn, at a rate at which it does not without', () => {
    const off = (more: object) =>
      Math.abs(descend(primalDual, { ...settings, dualRate: 1.5, ...more }, 3000).x - 1)
    expect(off({})).toBeGreaterThan(1e-3)
    expect(off({ dualMomentum: -0.6 })).toBeLessThan(1e-9)
    expect(off({ alternate: true })).toBeLessThan(1e-9)
  })

  it.each([
    ['primal-dual', primalDual, {}],
    ['augmented-lagrangian', augmentedLagrangian, { dualEvery: 1 }],
  ] as const)('%s, in turn, weighs a step by its own loss', (_, combiner, more) => {
    const knobs = { ...settings, ...more, alternate: true }
    const all = combiner.schema.parse(knobs) as never
    const gram = { forgetForget: 1, forgetRetain: 0, retainRetain: 1 }
    const losses = { forget: 0, retain: 1.5 }
    const chosen = combiner.coefficients({ gram, losses }, all, combiner.init(all))
    expect(chosen.retain).toBeGreaterThanOrEqual(1.5)
    expect(combiner.after?.(losses, all, chosen.state)).toBe(chosen.state)
    expect(descend(combiner, knobs, 6000).x).toBeCloseTo(1, 6)
  })
})
