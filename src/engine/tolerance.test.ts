import { expect, test } from 'vitest'
import { firstDifference, toleranceOf } from './tolerance.ts'

test('firstDifference finds the first value outside, and takes NaN and infinities seriously', () => {
  const tolerance = { rtol: 0.1, atol: 0.01 }
  expect(firstDifference([1.1, -1.1, 0.01], [1, -1, 0], tolerance)).toBeNull()
  expect(firstDifference([1, 1.12, 5], [1, 1, 1], tolerance)).toBe(1)
  expect(firstDifference([0.011], [0], tolerance)).toBe(0)
  expect(firstDifference([NaN], [0], tolerance)).toBe(0)
  expect(firstDifference([NaN], [NaN], tolerance)).toBe(0)
  expect(firstDifference([-Infinity], [-Infinity], tolerance)).toBeNull()
  expect(firstDifference([1e38], [Infinity], tolerance)).toBe(0)
  expect(firstDifference([Infinity], [1], tolerance)).toBe(0)
  expect(firstDifference([], [1], tolerance)).toBe(0)
})

test('integers must be equal', () => {
  expect(toleranceOf('embedding', 'of repeated tokens', 'i32')).toEqual({ rtol: 0, atol: 0 })
})
