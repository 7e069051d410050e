import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from '../../error.ts'
import type { Benchmark } from '../benchmark.ts'
import type { MetricKinds } from '../kind/kind.ts'
import { metricKinds } from '../kind/kinds.ts'
import { benchmarkResults } from '../results.ts'
import { trustWarnings } from '../trust.ts'
import { type EvaluationFile, readEvaluation, unlikeProblems } from './evaluation-file.ts'
import { type StoredEvaluation, writeResults } from './stored-evaluation.ts'

/** A model's numbers, what to make of them, and what they are of. */
export interface EvaluatedModel extends StoredEvaluation {
  readonly file: EvaluationFile
}

/** Names of the reference models, each a folder with an evaluation beside the others. */
export const referenceNames = ['original', 'never-trained'] as const

/**
 * Reads all numbers of an evaluation beside those of the reference models.
 *
 * @param references a folder with `original` and `never-trained`, as `lethe benchmark prepare` makes it; null: none, and
 *   what needs them has no value
 * @param options.resamples of the bootstrap; 0 where intervals are not wanted
 * @param options.kinds what its metrics may be of; those that ship unless given
 * @throws UserError where an evaluation is missing, or is unlike the others
 */
export function evaluatedModel(
  benchmark: Benchmark,
  folder: string,
  references: string | null,
  { kinds, ...options }: { readonly resamples?: number; readonly kinds?: MetricKinds } = {},
): EvaluatedModel {
  const own = readEvaluation(folder)
  const [original, neverTrained] = referenceNames.map((name) => {
    if (references === null) return null
    const path = join(references, name)
    // What needs it then has no value; that it is there was checked when the benchmark was prepared.
    if (!existsSync(path)) return null
    const found = readEvaluation(path)
    const problems = unlikeProblems(found.file, own.file, folder)
    if (problems.length > 0) throw new UserError(problems)
    return found.records
  })
  const results = benchmarkResults(
    benchmark,
    { model: own.records, original, neverTrained },
    options,
    kinds,
  )
  return { file: own.file, benchmark, results, warnings: trustWarnings(benchmark, results) }
}

/** {@link evaluatedModel}, stored beside the records for whatever shows the model. */
export async function concludeEvaluation(
  benchmark: Benchmark,
  folder: string,
  references: string | null,
  kinds: MetricKinds,
): Promise<EvaluatedModel> {
  const evaluated = evaluatedModel(benchmark, folder, references, { kinds })
  await writeResults(folder, { ...evaluated, benchmark: withSettled(benchmark, kinds) })
  return evaluated
}

/** Whoever reads it need not know the kinds of its metrics: what they settle is said as the benchmark itself would say it. */
function withSettled(benchmark: Benchmark, kinds: MetricKinds): Benchmark {
  const own = Object.entries(benchmark.metrics).flatMap(([key, { kind }]) => {
    const settles = kinds.get(kind)?.settles ?? []
    return settles.length > 0 ? [[key, [...settles]] as const] : []
  })
  if (own.length === 0) return benchmark
  const { reading } = benchmark
  const settles = { ...reading?.settles }
  for (const [key, doubts] of own) settles[key] = [...new Set([...(settles[key] ?? []), ...doubts])]
  return { ...benchmark, reading: { first: [], cautions: [], ...reading, settles } }
}

/** The error for a benchmark that needs reference models where none were named. */
export function missingReferences(
  { id, metrics }: Benchmark,
  kinds: MetricKinds = metricKinds,
): UserError | null {
  const needing = Object.entries(metrics)
    .filter(([, { kind }]) => kinds.get(kind)?.needsNeverTrained)
    .map(([key]) => key)
  if (needing.length === 0) return null
  return new UserError({
    code: 'no-references',
    path: '--references',
    expected: `records of the reference models, which ${needing.slice(0, 3).join(', ')} ${needing.length === 1 ? 'needs' : 'need'}`,
    got: 'none',
    hint: `Make them with lethe benchmark prepare ${id}, or go without by --no-references`,
  })
}
