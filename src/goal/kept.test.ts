import { expect, test } from 'vitest'
import { answerProbability } from '../metric/index.ts'
import { shareKept } from './kept.ts'

test('the probability of a fact is the geometric mean over its tokens', () => {
  expect(answerProbability([Math.log(0.5), Math.log(0.125)])).toBeCloseTo(0.25)
})

test('what is left of the whole is kept', () => {
  expect(shareKept([0.5, 0.3], [0.5, 0.3])).toBe(1)
  expect(shareKept([0.5, 0.3], [0.45, 0.27])).toBeCloseTo(0.9)
  expect(shareKept([0.5, 0.5], [0.8, 0.8])).toBe(1)
})

test('no gain of one row makes good what another lost, and up to a half nothing is lost', () => {
  expect(shareKept([0.5, 0.5], [1, 0.3])).toBe(1)
  expect(shareKept([0.5, 0.5], [1, 0.1])).toBeCloseTo(0.7)
  expect(shareKept([0.5, 0.5], [1, 0])).toBe(0.5)
  expect(shareKept([0.5, 0.5], [0.3, 0.3])).toBeCloseTo(0.6)
})

test('a row of which nothing was known counts for nothing', () => {
  expect(shareKept([0.8, 0], [0.8, 0.2])).toBe(1)
})
