import { expect, test } from 'vitest'
import type { UserError } from '../error.ts'
import { parseBenchmark } from './read-benchmark.ts'

const benchmark = (set: object) =>
  JSON.stringify({
    ...{ id: 'own', title: 'Own', sets: { own: { texts: { answer: 'answer' }, ...set } } },
    metrics: { likely: { kind: 'probability', better: 'higher', options: { set: 'own' } } },
    ranking: { forget: 'likely', utility: 'likely' },
  })
const rows = [{ question: 'Who?', answer: 'Nobody.' }]

test('a set has a file or rows, and not both', () => {
  expect(parseBenchmark(benchmark({ rows }), 'own.json').sets.own.rows).toEqual(rows)
  for (const [set, got] of [
    [{}, 'neither'],
    [{ rows, file: 'own.jsonl' }, 'both'],
  ] as const)
    try {
      parseBenchmark(benchmark(set), 'own.json')
      expect.unreachable()
    } catch (error) {
      expect((error as UserError).problems).toMatchObject([
        { path: 'sets.own', expected: 'a file, or rows', got, position: { line: 1 } },
      ])
    }
})
