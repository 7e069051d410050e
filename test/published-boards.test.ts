import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { benchmarks } from '../src/benchmark/benchmarks.ts'
import type { Leaderboard } from '../src/compare/leaderboard.ts'
import { readLeaderboard } from '../src/job/board-file.ts'
import { type Benchmark, benchmarkSchema } from '../src/measure/benchmark.ts'
import { declarationHash } from '../src/measure/evaluation/evaluation-file.ts'
import { metricKinds } from '../src/measure/kind/kinds.ts'
import { benchmarkProblems } from '../src/recipe/benchmark-problems.ts'

const folder = 'docs/results'
const boards = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file): [string, Leaderboard] => [
    file,
    JSON.parse(readFileSync(join(folder, file), 'utf8')),
  ])

// A declaration that is another could not be reproduced beside references that were measured since.
test.each(boards)('%s measured what its benchmark still measures', (_, { benchmark, identity }) => {
  expect(declarationHash(benchmarkSchema.parse(benchmark))).toBe(identity.declaration)
  expect(declarationHash(benchmarks.get(benchmark.id) as Benchmark)).toBe(identity.declaration)
})

test.each(boards)('%s is read by the names of today, with every value', (file, stored) => {
  const board = readLeaderboard(join(folder, file))
  const benchmark = benchmarkSchema.parse(board.benchmark)
  expect(benchmarkProblems(benchmark, metricKinds)).toEqual([])
  expect(declarationHash(benchmark)).toBe(stored.identity.declaration)
  const today = benchmarks.get(benchmark.id) as Benchmark
  const keys = [...Object.keys(today.metrics), ...Object.keys(today.composites)]
  for (const [i, { seeds }] of board.rows.entries())
    for (const [j, { values }] of seeds.entries()) {
      expect(keys).toEqual(expect.arrayContaining(Object.keys(values ?? {})))
      const before = stored.rows[i].seeds[j].values
      expect(Object.values(values ?? {})).toEqual(Object.values(before ?? {}))
    }
})
