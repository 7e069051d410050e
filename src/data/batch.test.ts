import { expect, test } from 'vitest'
import { integer } from '../math/random.ts'
import { makeBatch } from './batch.ts'
import type { Example } from './example.ts'

function example(index: number, tokens: number[], trained: number[]): Example {
  return {
    index,
    tokens: Int32Array.from(tokens),
    trained: Uint8Array.from(trained),
    promptLength: 1,
    prompt: '',
    answer: '',
    origin: { file: 'a.jsonl', line: index + 1 },
    truncatedTokens: 0,
  }
}

test('a batch by hand: padding right, rows one before their labels', () => {
  const batch = makeBatch(
    [
      example(4, [5, 6, 7], [0, 1, 1]),
      example(2, [8, 9], [0, 0]),
      example(9, [1, 2, 3, 4], [0, 0, 1, 0]),
    ],
    99,
  )
  expect(batch).toEqual({
    batch: 3,
    seq: 4,
    tokens: Int32Array.of(5, 6, 7, 99, 8, 9, 99, 99, 1, 2, 3, 4),
    rows: Int32Array.of(0, 1, 9),
    labels: Int32Array.of(6, 7, 3),
    sequenceOf: Int32Array.of(0, 0, 2),
    examples: Int32Array.of(4, 2, 9),
  })
})

test('a sequence of one token has no rows; no example is a defect', () => {
  const one = makeBatch([example(0, [5], [0])], 0)
  expect([one.seq, one.rows.length]).toEqual([1, 0])
  expect(() => makeBatch([], 0)).toThrow(RangeError)
})

test('every trained token is a label once, read back through its row', () => {
  const examples = Array.from({ length: 20 }, (_, b) => {
    const length = 1 + integer(0, ['length'], b, 12)
    const draw = (name: string, size: number) =>
      Array.from({ length }, (_, t) => integer(b, [name], t, size))
    return example(b, draw('token', 50), [0, ...draw('mask', 2).slice(1)])
  })
  const { tokens, rows, labels, sequenceOf, seq } = makeBatch(examples, 77)
  const count = examples.reduce((total, { trained }) => total + trained.filter((x) => x).length, 0)
  expect(rows.length).toBe(count)
  expect(new Set(rows).size).toBe(count)
  rows.forEach((row, i) => {
    const [b, t] = [Math.floor(row / seq), row % seq]
    expect(sequenceOf[i]).toBe(b)
    expect(examples[b].trained[t + 1]).toBe(1)
    expect(labels[i]).toBe(examples[b].tokens[t + 1])
    expect(tokens[row + 1]).toBe(labels[i])
  })
})

test('rows where tokens have been read, or everywhere, as far as the longest of their kind', () => {
  const examples = [
    example(0, [5, 6, 7], [0, 1, 1]),
    example(1, [1, 2, 3, 4], [0, 0, 1, 0]),
    example(2, [8, 9], [0, 1]),
    example(3, [8], [0]),
  ]
  const batch = makeBatch(examples, 99, {
    at: ['read', 'answers', 'all', 'predicting'],
    noLabel: 77,
  })
  expect([...batch.rows]).toEqual([1, 2, 5, 8, 9])
  expect([...batch.labels]).toEqual([7, 77, 3, 9, 77])
  const padded = makeBatch([examples[0], examples[2]], 99, {
    at: ['predicting', 'predicting'],
    noLabel: 77,
  })
  expect([...padded.rows]).toEqual([0, 1, 3, 4])
  expect([...padded.labels]).toEqual([6, 7, 9, 77])
  const alike = makeBatch(examples, 99, { at: examples.map(() => 'answers'), noLabel: 77 })
  expect(alike).toEqual(makeBatch(examples, 99))
})
