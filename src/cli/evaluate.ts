import { resolve } from 'node:path'
import { createEngine } from '../engine/node.ts'
import { UserError } from '../error.ts'
import type { Benchmark } from '../measure/benchmark.ts'
import { evaluatedModel } from '../measure/evaluation/evaluated-model.ts'
import { type EvaluationTask, performTask } from '../measure/evaluation/evaluation-task.ts'
import { benchmarkTable } from '../report/benchmark-table.ts'
import { listenForInterrupts } from './interrupts.ts'
import type { Terminal } from './terminal.ts'

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

/** Says how many records are written. */
export function tellRecords({ err }: Terminal) {
  return ({ set, done, of }: { set: string; done: number; of: number }): void => {
    err.write(`  ${Math.floor((100 * done) / of)} %  ${set}  ${done}/${of} records\n`)
  }
}

/**
 * Measures with progress on stderr; Ctrl-C stops after the rows at hand. Returns whether it is complete.
 *
 * @param stopRequested for a caller that listens for Ctrl-C itself
 */
export async function runEvaluation(
  task: EvaluationTask,
  terminal: Terminal,
  stopRequested?: () => boolean,
): Promise<boolean> {
  const interrupts = stopRequested
    ? { requested: stopRequested, stop: () => {} }
    : listenForInterrupts(terminal, 'stopping after these rows; records are kept.')
  const engine = await createEngine()
  try {
    return await performTask(task, {
      cwd: terminal.cwd,
      env: terminal.env,
      engine,
      clock: () => performance.now(),
      stopRequested: interrupts.requested,
      tell: tellRecords(terminal),
    })
  } finally {
    interrupts.stop()
    engine.dispose()
  }
}

/** The numbers of a complete evaluation, as a table with what to make of them. */
export function showEvaluation(
  {
    benchmark,
    output,
    references,
  }: { benchmark: Benchmark; output: string; references: string | null },
  { cwd, out, err }: Terminal,
): void {
  const { results, warnings } = evaluatedModel(
    benchmark,
    resolve(cwd, output),
    references === null ? null : resolve(cwd, references),
  )
  out.write(benchmarkTable(results))
  for (const warning of [...warnings, ...benchmark.notes]) out.write(`note: ${warning}\n`)
  err.write(`records: ${output}\n`)
}
