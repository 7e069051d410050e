import { expect, test } from 'vitest'
import type { Example } from '../data/example.ts'
import { tinyExamples } from './testing/tiny-model.ts'
import { plantTrees, textTreeOf } from './token-trees.ts'

const example = (tokens: number[], promptLength: number): Example => ({
  ...tinyExamples(1, 1)[0],
  tokens: Int32Array.from(tokens),
  trained: Uint8Array.from(tokens, (_, t) => (t >= promptLength ? 1 : 0)),
  promptLength,
})

test('a tree has each shared stretch once, and asks each question once', () => {
  const tree = textTreeOf([
    example([1, 2, 3, 4], 2),
    example([1, 2, 3, 5, 6], 2),
    example([1, 2, 3], 2),
    example([1, 2, 9], 2),
  ])
  // The last token of a text predicts nothing.
  expect(tree.tokens).toEqual([1, 2, 3, 5])
  expect(tree.parents).toEqual([-1, 0, 1, 2])
  expect(tree.depths).toEqual([0, 1, 2, 3])
  expect(tree.asked).toEqual([
    { node: 1, label: 3 },
    { node: 2, label: 4 },
    { node: 2, label: 5 },
    { node: 3, label: 6 },
    { node: 1, label: 9 },
  ])
  expect(tree.answers).toEqual([[0, 1], [0, 2, 3], [0], [4]])
})

test('texts that begin alike go together where that is less work; others stay as they are', () => {
  const system = [1, 2, 3, 4]
  const prompt = [5, 6, 7, 8]
  const examples = [
    example([...system, ...prompt, 10, 11], 8),
    example([9, 2, 30], 2),
    example([...system, 12, 13, 10, 12], 6),
    example([5, 6, 7], 0),
    example([9, 2, 30], 2),
    example([...prompt, 20], 4),
    example([...system, ...prompt, 10, 12], 8),
  ]
  const { trees, rest } = plantTrees(examples, 64)
  expect(trees.map(({ places }) => places)).toEqual([
    [0, 6, 2],
    [1, 4],
  ])
  expect(rest).toEqual([3, 5])
})

test('long texts that share little are cheaper apart, or in two trees', () => {
  const prompt = [1, 2]
  const long = (first: number, last: number) =>
    example([...prompt, ...Array.from({ length: 300 }, (_, i) => first + i), last], 2)
  expect(plantTrees([long(1000, 1), long(2000, 1)], 64)).toEqual({ trees: [], rest: [0, 1] })
  const families = [long(1000, 1), long(2000, 1), long(1000, 2), long(2000, 2)]
  expect(plantTrees(families, 64).trees.map(({ places }) => places)).toEqual([
    [0, 2],
    [1, 3],
  ])
})
