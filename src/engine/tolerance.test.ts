import { expect, test } from 'vitest'
import { opCases } from '../graph/testing/op-cases.ts'
import { firstDifference, toleranceExceptions, toleranceOf } from './tolerance.ts'

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

test('an exception holds for its own cases only, and every one names cases that exist', () => {
  expect(toleranceOf('sum', 'of everything', 'f32').atol).toBeLessThan(
    toleranceOf('sum', 'of odd, larger size', 'f32').atol,
  )
  expect(toleranceOf('sum', 'of odd, larger size', 'i32').atol).toBe(0)
  for (const { op, cases } of toleranceExceptions) {
    const names = opCases.filter((opCase) => opCase.op === op).map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining([...(cases ?? names.slice(0, 1))]))
    expect(names.length).toBeGreaterThan(0)
  }
})
