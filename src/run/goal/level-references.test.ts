import { expect, test } from 'vitest'
import { ignoranceLevel } from '../../goal/ignorance.ts'
import { levelReferences } from './level-references.ts'

const floats = (...values: number[]) => Float32Array.from(values)
const data = {
  trained: [0],
  asked: [{ row: 0 }],
  facts: [{ fact: Uint8Array.from([0, 1]) }],
  own: [true, false],
} as unknown as Parameters<typeof levelReferences>[1]
const levels = [ignoranceLevel([[-8]])]
const scores = {
  tokens: { forget: [floats(-1, -2)], retain: [floats(-1, -3), floats(-1, -3)] },
  distribution: null,
  activations: null,
}

test('forget rows are held against ignorance at their facts, retain rows against somewhat more than they were', () => {
  const { tokens } = levelReferences(scores, data, levels)
  expect(tokens.forget).toEqual([floats(-1, -8 - Math.LN2)])
  // Answers to general prompts stay what they were.
  expect(tokens.retain).toEqual([floats(-0.5, -1.5), floats(-1, -3)])
})

test('what no loss asked for stays away', () => {
  const { retain } = scores.tokens
  expect(levelReferences({ ...scores, tokens: { retain } }, data, levels).tokens.forget).toBe(
    undefined,
  )
  expect(levelReferences({ ...scores, tokens: {} }, data, levels).tokens).toEqual({})
})
