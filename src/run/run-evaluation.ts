import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { readBoundedText } from '../files/bounded-file.ts'
import { packageVersion } from '../files/package.ts'
import { readEvaluationFile } from '../measure/evaluation/evaluation-file.ts'
import {
  type EvaluationTask,
  findTaskData,
  requireData,
  type Surroundings,
} from '../measure/evaluation/evaluation-task.ts'
import { readResults } from '../measure/evaluation/stored-evaluation.ts'
import { withExtras } from '../measure/extras.ts'
import type { MetricKinds } from '../measure/kind/kind.ts'
import { countRows } from '../measure/rows/load-set.ts'
import { registryOf } from '../recipe/plugins.ts'
import { readBenchmark } from '../recipe/read-benchmark.ts'
import type { Recipe } from '../recipe/recipe-schema.ts'
import type { Registry } from '../recipe/registry.ts'
import { isBenchmarkFile } from '../recipe/section/evaluation-section.ts'
import { parseYaml } from '../recipe/yaml.ts'
import { evaluationSettingsOf } from './evaluations.ts'
import type { RunFolder } from './run-folder.ts'
import { runFolderAt } from './run-folder.ts'

/** The benchmark and rows that a run is evaluated on after training. */
export interface RunEvaluation {
  readonly task: EvaluationTask
  readonly references: string | null
  /** what its metrics are of */
  readonly kinds: MetricKinds
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
  around: Surroundings & { readonly registry?: Registry | undefined },
): Promise<RunEvaluation | null> {
  const settings = recipe.evaluate.benchmark
  if (!settings) return null
  const registry = await registryOf(recipe, around.registry)
  const named = await readBenchmark(settings.id, around.cwd, registry)
  const benchmark = withExtras(named, settings.with)
  const { model } = runFolderAt(output)
  const task: EvaluationTask = {
    benchmark,
    model,
    original: recipe.model,
    data: requireData(benchmark, settings.data, 'evaluate.benchmark.data'),
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
  return { task, references: settings.references, kinds: registry.metrics, rows }
}

/** Tells whether a trained run has still to be evaluated as its recipe says. */
export async function evaluationIsOpen(folder: RunFolder, cwd: string): Promise<boolean> {
  if (!existsSync(folder.recipe) || !existsSync(join(folder.model, 'config.json'))) return false
  const settings = evaluationSettingsOf(folder)
  if (!settings) return false
  const named = settings.id
  // Only its name is asked for, which no plugin changes.
  const file = resolve(cwd, named)
  const id = isBenchmarkFile(named)
    ? (parseYaml(readBoundedText(file), named) as { id: string }).id
    : named
  const path = evaluationOf(folder, id)
  if (!existsSync(join(path, 'evaluation.json'))) return true
  const { work, identity } = readEvaluationFile(path)
  // Version 0.1 stored no numbers.
  return work === null || (identity.lethe === packageVersion() && readResults(path) === null)
}

function evaluationOf({ evaluation }: RunFolder, benchmark: string): string {
  return join(evaluation, benchmark)
}
