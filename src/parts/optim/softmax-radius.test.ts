import { expect, test } from 'vitest'
import { softmaxShare } from './softmax-radius.ts'

test('caps by the row whose logits spread most', () => {
  const changes = Float32Array.of(0, 1, 2, 5, 5, 5, -2 * Math.PI, 0, 0)
  expect(softmaxShare(changes, 3, 0.5)).toBeCloseTo(0.25, 6)
  expect(softmaxShare(changes, 3, 1)).toBeCloseTo(0.5, 6)
})

test('takes the whole of an update that stays within, that changes nothing, or that is not finite', () => {
  expect(softmaxShare(Float32Array.of(0, 1), 2, 0.5)).toBe(1)
  expect(softmaxShare(new Float32Array(4), 2, 0.5)).toBe(1)
  expect(softmaxShare(Float32Array.of(0, Number.NaN), 2, 0.5)).toBe(1)
})

test('within radius 1 the series of log-softmax converges: its terms fall; beyond, they grow', () => {
  // log(1 + e^x) about 0 has a pole at iπ: the ratio of its late Taylor coefficients tends to 1/π.
  const spread = 3
  const share = softmaxShare(Float32Array.of(0, spread * Math.PI), 2, 1)
  expect(share * spread * Math.PI).toBeCloseTo(Math.PI, 5)
})
