import { basename, dirname, join, resolve } from 'node:path'
import type { Engine } from '../../engine/engine.ts'
import { UserError } from '../../error.ts'
import { dataFolder } from '../../hub/hub-data.ts'
import { type Benchmark, bringsItsRows } from '../benchmark.ts'
import { chooseSplit } from '../rows/split-rows.ts'
import { wantedData } from '../rows/wanted-data.ts'
import type { MeasuringProgress } from '../score/measuring-progress.ts'
import { type EvaluateOptions, evaluateBenchmark } from './evaluate-benchmark.ts'

/** The task of an evaluation: which model, on which rows. */
export interface EvaluationTask
  extends Pick<
    EvaluateOptions,
    'benchmark' | 'model' | 'original' | 'output' | 'limit' | 'split' | 'replace'
  > {
  /** a folder, or `hub:owner/name` */
  readonly data: string
  readonly reportTest: boolean
}

/** The folder that paths are relative to, and the environment that downloads may read. */
export interface Surroundings {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
}

/** The default folder of an evaluation: `evaluation/<benchmark>` in a run folder, `<model>.evaluation/…` beside others. */
export function evaluationFolder(model: string, benchmark: string): string {
  const path = resolve(model)
  return basename(path) === 'model'
    ? join(dirname(path), 'evaluation', benchmark)
    : join(`${path}.evaluation`, benchmark)
}

/**
 * The data folder that was named; of a benchmark that brings its rows the current one, of which nothing is read.
 *
 * @param path  the name of what should have named it
 * @throws UserError that says where the data is where none was
 */
export function requireData(benchmark: Benchmark, data: string | null, path: string): string {
  if (data !== null) return data
  if (bringsItsRows(benchmark)) return '.'
  const { hub } = benchmark
  throw new UserError({
    code: 'missing',
    path,
    expected: 'the folder with the data of the benchmark',
    got: 'nothing',
    ...(hub && { hint: `https://huggingface.co/datasets/${hub}` }),
  })
}

/** The folder with a task's data, downloaded where the hub is named, and the rows that take part. */
export async function findTaskData(
  { benchmark, data, split, reportTest }: EvaluationTask,
  { cwd, env }: Surroundings,
) {
  const folder = await dataFolder(
    data.startsWith('hub:') ? data : resolve(cwd, data),
    wantedData({ ...benchmark, training: null }),
    env,
  )
  return { folder, split: await chooseSplit(benchmark, folder, split, reportTest) }
}

/** Measures, or goes on where it was stopped. Returns whether it is complete. */
export async function performTask(
  task: EvaluationTask,
  context: Surroundings & {
    readonly engine: Engine
    readonly clock: () => number
    readonly stopRequested: () => boolean
    readonly tell: (progress: MeasuringProgress & { readonly set: string }) => void
  },
): Promise<boolean> {
  const { cwd, env: _, ...running } = context
  const { folder, split } = await findTaskData(task, context)
  const at = (path: string) => resolve(cwd, path)
  return evaluateBenchmark({
    ...running,
    benchmark: task.benchmark,
    model: at(task.model),
    original: task.original === null ? null : at(task.original),
    data: folder,
    output: at(task.output),
    limit: task.limit,
    split: split?.name ?? null,
    ...(split && { keep: split.keep }),
    replace: task.replace,
  })
}
