import { resolve } from 'node:path'
import { createEngine } from '../engine/node-engine.ts'
import { UserError } from '../error.ts'
import type { Benchmark } from '../measure/benchmark.ts'
import { concludeEvaluation, type EvaluatedModel } from '../measure/evaluation/evaluated-model.ts'
import { evaluationFolder, performTask } from '../measure/evaluation/evaluation-task.ts'
import { withExtras } from '../measure/extras.ts'
import { benchmarkProblems } from '../recipe/benchmark-problems.ts'
import { readBenchmark } from '../recipe/read-benchmark.ts'
import { builtInRegistry, type Registry } from '../recipe/registry.ts'

export interface EvaluateSettings {
  /** A benchmark, its id (`tofu/forget05`), or the path of a .yaml of your own. */
  readonly benchmark: string | Benchmark
  /** The folder with its data, or `hub:owner/name`. */
  readonly data: string
  /** Extras that are measured too. */
  readonly with?: readonly string[]
  /** The folder with evaluations of the reference models; without, what needs them has no value. */
  readonly references?: string
  /** Where records go; `evaluation/` beside the model unless given. */
  readonly folder?: string
  /** Rows of each set; all unless given. */
  readonly limit?: number
  /** What a benchmark's id and its metrics can name; what ships unless given. */
  readonly registry?: Registry
  readonly signal?: AbortSignal
}

/**
 * Measures a model folder on a benchmark, as `lethe eval` does: a record for each row first, metrics of the records.
 *
 * @returns every metric with its interval; null where it was stopped: called again, it goes on
 * @throws UserError for a benchmark, data or records that will not do
 */
export async function evaluate(
  model: string,
  settings: EvaluateSettings,
): Promise<EvaluatedModel | null> {
  const { data, limit = null, references = null, signal, registry = builtInRegistry } = settings
  const cwd = process.cwd()
  const named =
    typeof settings.benchmark === 'string'
      ? await readBenchmark(settings.benchmark, cwd, registry)
      : settings.benchmark
  const problems = benchmarkProblems(named, registry.metrics)
  if (problems.length > 0) throw new UserError(problems)
  const benchmark = withExtras(named, [...(settings.with ?? [])])
  const output = resolve(settings.folder ?? evaluationFolder(resolve(model), benchmark.id))
  const engine = await createEngine()
  try {
    const complete = await performTask(
      {
        benchmark,
        model,
        original: null,
        data,
        output,
        limit,
        split: null,
        reportTest: false,
        replace: false,
      },
      {
        cwd,
        env: process.env,
        engine,
        clock: () => performance.now(),
        stopRequested: () => signal?.aborted ?? false,
        tell() {},
      },
    )
    if (!complete) return null
  } finally {
    engine.dispose()
  }
  return concludeEvaluation(benchmark, output, references && resolve(references), registry.metrics)
}
