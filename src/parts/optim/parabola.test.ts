import { expect, test } from 'vitest'
import { parabolaFactor } from './parabola.ts'

/** L(x) = 1 − 3x + 2x², whose bottom is at 0.75, looked at with learning rate η. */
const at = (x: number) => 1 - 3 * x + 2 * x * x
const losses = (eta: number) => ({ ahead: at(eta), behind: at(-eta), here: at(0) })

test('moves a tenth of the way to the bottom of the parabola', () => {
  // Of η 0.5 the bottom is 1.5 η away.
  expect(parabolaFactor(1, losses(0.5))).toBeCloseTo(0.9 + 0.15, 12)
  expect(parabolaFactor(2, losses(0.75))).toBeCloseTo(2, 12)
})

test('never by more than to half or double', () => {
  expect(parabolaFactor(1, losses(0.01))).toBeCloseTo(0.9 + 0.2, 12)
  expect(parabolaFactor(1, losses(100))).toBeCloseTo(0.9 + 0.05, 12)
})

test('stays where there is no bottom ahead, or a loss is not finite', () => {
  expect(parabolaFactor(1.3, { ahead: 2, behind: 1, here: 1 })).toBe(1.3)
  expect(parabolaFactor(1.3, { ahead: 0, behind: 1, here: 2 })).toBe(1.3)
  expect(parabolaFactor(1.3, { ahead: Number.NaN, behind: 1, here: 2 })).toBe(1.3)
})

test('repeated, it finds the learning rate that is best for the parabola', () => {
  let factor = 1
  for (let i = 0; i < 200; i++) factor = parabolaFactor(factor, losses(0.2 * factor))
  expect(0.2 * factor).toBeCloseTo(0.75, 3)
})
