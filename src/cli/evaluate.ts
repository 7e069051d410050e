import { basename, dirname, join, resolve } from 'node:path'
import type { Benchmark } from '../benchmark/benchmark.ts'
import { createEngine } from '../engine/node.ts'
import { UserError } from '../error.ts'
import { evaluateBenchmark } from '../run/evaluation.ts'
import { dataFolder } from '../run/hub-data.ts'
import { chooseSplit } from '../run/split-rows.ts'
import { listenForInterrupts } from './interrupts.ts'
import type { Terminal } from './terminal.ts'

/** What is evaluated, and on which rows. */
export interface EvaluationTask {
  readonly benchmark: Benchmark
  readonly model: string
  /** for benchmarks that put activations into the original model */
  readonly original: string | null
  readonly data: string
  readonly output: string
  readonly limit: number | null
  readonly split: string | null
  readonly reportTest: boolean
  readonly replace: boolean
}

/** The data folder that was named. Throws UserError that says where the data is where none was. */
export function requireData({ hub }: Benchmark, data: string | undefined): string {
  if (data !== undefined) return data
  throw new UserError({
    code: 'missing',
    path: '--data',
    expected: 'the folder with the data of the benchmark',
    got: 'nothing',
    ...(hub && { hint: `https://huggingface.co/datasets/${hub}` }),
  })
}

/** Where an evaluation goes unless told: `evaluation/<benchmark>` in a run folder, `<model>.evaluation/…` beside others. */
export function evaluationFolder(model: string, benchmark: string): string {
  const path = resolve(model)
  return basename(path) === 'model'
    ? join(dirname(path), 'evaluation', benchmark)
    : join(`${path}.evaluation`, benchmark)
}

/** Measures with progress on stderr; Ctrl-C stops after the rows at hand. Returns whether it is complete. */
export async function runEvaluation(task: EvaluationTask, terminal: Terminal): Promise<boolean> {
  const at = (path: string) => resolve(terminal.cwd, path)
  const { benchmark, limit, replace } = task
  const data = await dataFolder(
    task.data.startsWith('hub:') ? task.data : at(task.data),
    benchmark,
    terminal.env,
  )
  const split = await chooseSplit(benchmark, data, task.split, task.reportTest)
  const interrupts = listenForInterrupts(terminal, 'stopping after these rows; records are kept.')
  const engine = await createEngine()
  try {
    return await evaluateBenchmark({
      engine,
      benchmark,
      model: at(task.model),
      original: task.original === null ? null : at(task.original),
      data,
      output: at(task.output),
      limit,
      split: split?.name ?? null,
      ...(split && { keep: split.keep }),
      replace,
      clock: () => performance.now(),
      stopRequested: interrupts.requested,
      tell: ({ set, done, of }) =>
        terminal.err.write(`  ${Math.floor((100 * done) / of)} %  ${set}  ${done}/${of} records\n`),
    })
  } finally {
    interrupts.stop()
    engine.dispose()
  }
}
