import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { writeFileAtomic } from '../../files/atomic.ts'
import { readStoredJson } from '../../files/stored-json.ts'
import { type Benchmark, directionSchema } from '../benchmark.ts'
import type { BenchmarkResult } from '../results.ts'
import { storedBenchmark } from '../stored-benchmark.ts'

/** The content of `results.json`: the numbers of an evaluation, and the whole benchmark, so that they can be read without it. */
export interface StoredEvaluation {
  readonly benchmark: Benchmark
  readonly results: readonly BenchmarkResult[]
  /** what to make of them */
  readonly warnings: readonly string[]
}

const value = z.number().nullable()
const resultsSchema = z.looseObject({
  benchmark: storedBenchmark,
  results: z.array(
    z.looseObject({
      ...{ key: z.string(), title: z.string(), unit: z.string() },
      ...{ description: z.string(), source: z.string(), better: directionSchema },
      reason: z.string().optional(),
      interval: z.tuple([z.number(), z.number()]).nullable(),
      count: z.number(),
      ...{ value, original: value, neverTrained: value },
    }),
  ),
  warnings: z.array(z.string()),
})

const path = (folder: string) => join(folder, 'results.json')

/** Writes `results.json` beside the records, whole or not at all. */
export async function writeResults(
  folder: string,
  { benchmark, results, warnings }: StoredEvaluation,
): Promise<void> {
  const text = JSON.stringify({ benchmark, results, warnings }, null, 1)
  await writeFileAtomic(path(folder), `${text}\n`)
}

/** Null where there are none: of an evaluation that goes on, or that version 0.1 made. */
export function readResults(folder: string): StoredEvaluation | null {
  if (!existsSync(path(folder))) return null
  return readStoredJson(path(folder), resultsSchema)
}

/** Folders with an evaluation, complete or not, at and below a folder. */
export function evaluationFolders(folder: string): string[] {
  if (!existsSync(folder)) return []
  if (existsSync(join(folder, 'evaluation.json'))) return [folder]
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(folder, name))
    .sort()
    .flatMap(evaluationFolders)
}
