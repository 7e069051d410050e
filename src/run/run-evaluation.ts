import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type EvaluationTask,
  findTaskData,
  type Surroundings,
} from '../measure/evaluation/evaluation-task.ts'
import { withExtras } from '../measure/extras.ts'
import { countRows } from '../measure/rows/load-set.ts'
import { isBenchmarkFile } from '../recipe/evaluation-section.ts'
import { registryOf } from '../recipe/plugins.ts'
import { readBenchmark } from '../recipe/read-benchmark.ts'
import type { Recipe } from '../recipe/recipe-schema.ts'
import { evaluationSettingsOf } from './evaluations.ts'
import type { RunFolder } from './run-folder.ts'
import { runFolderAt } from './run-folder.ts'

/** What a run is evaluated on after training. */
export interface RunEvaluation {
  readonly task: EvaluationTask
  readonly references: string | null
  /** rows by set, without optional sets that have no file */
  readonly rows: Readonly<Record<string, number>>
}

/**
 * The evaluation that a recipe asks for; null where it asks for none. Everything but the model is looked for, so that a
 * missing file is found before hours of training.
 *
 * @throws UserError for a benchmark, an extra, a split or data that is not there
 */
export async function planRunEvaluation(
  recipe: Recipe,
  output: string,
  around: Surroundings,
): Promise<RunEvaluation | null> {
  const settings = recipe.evaluate.benchmark
  if (!settings) return null
  const named = await readBenchmark(settings.id, around.cwd, await registryOf(recipe))
  const benchmark = withExtras(named, settings.with)
  const { model } = runFolderAt(output)
  const task: EvaluationTask = {
    benchmark,
    model,
    original: recipe.model,
    data: settings.data,
    output: evaluationOf(runFolderAt(output), benchmark.id),
    limit: settings.limit,
    split: settings.split,
    reportTest: false,
    replace: false,
  }
  const { folder, split } = await findTaskData(task, around)
  const rows: Record<string, number> = {}
  for (const [name, set] of Object.entries(benchmark.sets)) {
    const count = await countRows(folder, name, set, {
      limit: settings.limit,
      ...(split && { keep: split.keep }),
    })
    if (count !== null) rows[name] = count
  }
  return { task, references: settings.references, rows }
}

/** Whether a trained run has still to be evaluated as its recipe says. */
export async function evaluationIsOpen(folder: RunFolder, cwd: string): Promise<boolean> {
  if (!existsSync(folder.recipe) || !existsSync(join(folder.model, 'config.json'))) return false
  const settings = evaluationSettingsOf(folder)
  if (!settings) return false
  const named = settings.id
  const id = isBenchmarkFile(named) ? (await readBenchmark(named, cwd)).id : named
  const path = join(evaluationOf(folder, id), 'evaluation.json')
  return !existsSync(path) || JSON.parse(readFileSync(path, 'utf8')).work === null
}

function evaluationOf({ evaluation }: RunFolder, benchmark: string): string {
  return join(evaluation, benchmark)
}
