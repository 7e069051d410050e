import { describe, expect, test } from 'vitest'
import { lengthBatches } from './length-batches.ts'

describe('lengthBatches', () => {
  const ofLengths = (...lengths: number[]) => lengths.map((length) => ({ tokens: { length } }))

  test('takes every example once, longest first, within the limit of padded tokens', () => {
    expect(lengthBatches(ofLengths(3, 9, 4, 4, 2), 12)).toEqual([[1], [2, 3, 0], [4]])
  })

  test('gives an example above the limit a batch of its own', () => {
    expect(lengthBatches(ofLengths(50, 3, 60), 12)).toEqual([[2], [0], [1]])
    expect(lengthBatches([], 12)).toEqual([])
  })
})
