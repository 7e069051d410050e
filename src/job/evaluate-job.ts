import { dirname, resolve } from 'node:path'
import { createEngine } from '../engine/node-engine.ts'
import { holdFolder } from '../files/hold-folder.ts'
import { concludeEvaluation, type EvaluatedModel } from '../measure/evaluation/evaluated-model.ts'
import { type EvaluationTask, performTask } from '../measure/evaluation/evaluation-task.ts'
import type { MetricKinds } from '../measure/kind/kind.ts'
import { renewReports } from '../report/renew-reports.ts'
import { runFolderAt } from '../run/run-folder.ts'
import type { WorkContext } from './context.ts'

/** Measures a model, or goes on with that, on an engine of its own. Returns whether it is complete. */
export function evaluate(task: EvaluationTask, context: WorkContext): Promise<boolean> {
  return holdFolder(resolve(context.cwd, task.output), () => measure(task, context))
}

async function measure(task: EvaluationTask, context: WorkContext): Promise<boolean> {
  const { cwd, env, stopRequested, tell } = context
  tell({ kind: 'measuring' })
  const engine = await createEngine()
  try {
    return await performTask(task, {
      cwd,
      env,
      engine,
      clock: () => performance.now(),
      stopRequested,
      tell: (progress) => tell({ kind: 'records', ...progress }),
    })
  } finally {
    engine.dispose()
  }
}

/**
 * The numbers of a complete evaluation, stored beside its records; where it lies in the folder of the run that made the model, report
 * and card show them from then on.
 *
 * @param references evaluations of the reference models; null: none
 * @param around.kinds what the benchmark's metrics may be of
 */
export async function conclude(
  { benchmark, model, output }: Pick<EvaluationTask, 'benchmark' | 'model' | 'output'>,
  references: string | null,
  { cwd, kinds }: { readonly cwd: string; readonly kinds: MetricKinds },
): Promise<EvaluatedModel> {
  const at = (path: string) => resolve(cwd, path)
  const evaluated = await concludeEvaluation(
    benchmark,
    at(output),
    references && at(references),
    kinds,
  )
  const run = runFolderAt(dirname(at(model)))
  if (at(output).startsWith(run.evaluation)) await renewReports(run)
  return evaluated
}
