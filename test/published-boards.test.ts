import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { benchmarks } from '../src/benchmark/benchmarks.ts'
import type { Leaderboard } from '../src/compare/leaderboard.ts'
import { type Benchmark, benchmarkSchema } from '../src/measure/benchmark.ts'
import { declarationHash } from '../src/measure/evaluation/evaluation-file.ts'

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
