import { expect, test } from 'vitest'
import { gaussian, integer, permutation, philox, uniform } from './random.ts'

// Known answers of Random123 (kat_vectors, philox4x32 10).
test('philox gives the known answers', () => {
  expect(philox([0, 0, 0, 0], [0, 0])).toEqual([0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8])
  const ones = 0xffffffff
  expect(philox([ones, ones, ones, ones], [ones, ones])).toEqual([
    0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd,
  ])
  expect(
    philox([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0]),
  ).toEqual([0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1])
})

test('uniform and gaussian have the right moments and do not repeat across streams', () => {
  const n = 20000
  let mean = 0
  let gMean = 0
  let gSquare = 0
  for (let i = 0; i < n; i++) {
    mean += uniform(1, ['u'], i) / n
    const g = gaussian(1, ['g'], i)
    gMean += g / n
    gSquare += (g * g) / n
  }
  expect(Math.abs(mean - 0.5)).toBeLessThan(0.01)
  expect(Math.abs(gMean)).toBeLessThan(0.03)
  expect(Math.abs(gSquare - 1)).toBeLessThan(0.04)
  expect(uniform(1, ['a'], 0)).not.toBe(uniform(1, ['b'], 0))
  expect(uniform(1, ['a'], 0)).not.toBe(uniform(2, ['a'], 0))
})

test('permutation holds each index once and depends on seed and stream', () => {
  const order = permutation(7, ['epoch', 0], 100)
  expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i))
  expect(permutation(7, ['epoch', 1], 100)).not.toEqual(order)
  expect(integer(0, ['x'], 3, 1)).toBe(0)
})
