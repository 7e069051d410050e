import { expect, test } from 'vitest'
import { keptAt } from './equal-forgetting.ts'

const path = [
  { left: 0.8, kept: 0.9 },
  { left: 0.4, kept: 0.7 },
  { left: 0.5, kept: 0.95 },
  { left: 0.1, kept: 0.8 },
]

test('is what is kept where the path first comes to a level, in a line between looks', () => {
  expect(keptAt(path, 0.9)).toBeCloseTo(0.95, 12)
  expect(keptAt(path, 0.6)).toBeCloseTo(0.8, 12)
  expect(keptAt(path, 0.4)).toBeCloseTo(0.7, 12)
  expect(keptAt(path, 0.3)).toBeCloseTo(0.875, 12)
})

test('is nothing below what the path comes to, or where it broke', () => {
  expect(keptAt(path, 0.05)).toBeNull()
  expect(keptAt([], 0.5)).toBeNull()
  expect(keptAt([{ left: Number.NaN, kept: Number.NaN }], 0.5)).toBeNull()
})
