import { existsSync } from 'node:fs'
import { basename, join, relative, resolve } from 'node:path'
import { UserError } from '../error.ts'
import type { Resolved } from '../recipe/examine-recipe.ts'
import type { Setting } from '../recipe/override.ts'
import { readRecipe } from '../recipe/read.ts'
import { readStages, type StagedRecipe } from '../recipe/read-stages.ts'
import type { Recipe } from '../recipe/recipe-schema.ts'
import { readComparedRun } from '../run/read-compared-run.ts'
import type { TrainingFiles } from './benchmark-folder.ts'
import { performCell } from './cell.ts'
import { type CellTask, cellTask } from './cell-state.ts'
import type { JobContext } from './context.ts'
import { refuseOtherResults, runClaim } from './other-results.ts'
import { readStagesFile } from './stages-file.ts'
import { beginStages } from './stages-job.ts'
import { sweepCells, withSettings } from './sweep-cells.ts'

/** The task of training one seed of a row. */
export interface SeedTask {
  /** As a row names it: a method, its settings, or the file of a recipe of stages. */
  readonly method: string
  readonly seed: number
  /** the folder of the run folders */
  readonly runs: string
  /** the recipe that methods share */
  readonly recipe: string
  /** `path=value` texts for methods; a recipe of stages has its own values */
  readonly sets: readonly string[]
  /** modules that are loaded beside those that its recipe names */
  readonly plugins: readonly string[]
  /** `path=value` texts for this row */
  readonly settings: readonly string[]
  readonly model: string
  readonly training: TrainingFiles
}

/** A seed of a row, ready to be performed. */
export type PlannedSeed =
  | { readonly kind: 'run'; readonly loaded: Resolved<Recipe> }
  | { readonly kind: 'stages'; readonly staged: StagedRecipe }

/** The outcome of training one seed, with or without a model. */
export interface TrainedSeed {
  readonly trouble: string | null
  /** of a method: stages have no step in common */
  readonly stepMilliseconds: number | null
  readonly peakBytes: number | null
}

const isRecipe = (method: string) => /\.(ya?ml|json)$/.test(method)

/** The name of a row in tables. */
export function rowName(method: string): string {
  return isRecipe(method) ? basename(method).replace(/\.\w+$/, '') : method
}

/** Name of the folder of a row's seed. */
export function cellName(method: string, seed: number): string {
  return sweepCells([{ path: 'method', values: [rowName(method)] }], [seed], '')[0].name
}

/**
 * The complete recipe of a row's seed.
 *
 * @throws UserError with what is wrong with its settings
 */
export async function planSeed(
  task: SeedTask,
  { cwd, env }: Pick<JobContext, 'cwd' | 'env'>,
): Promise<PlannedSeed> {
  const { method, sets, plugins, settings, recipe } = task
  if (isRecipe(method)) {
    const staged = await readStages(method, { sets: stageSettings(task, cwd), plugins, cwd, env })
    return { kind: 'stages', staged }
  }
  const own = withSettings({ name: method, sets: [`method=${method}`] }, [...sets, ...settings])
  const loaded = await readRecipe(recipe, {
    sets: [
      ...own.sets,
      { path: 'model', value: relative(cwd, resolve(cwd, task.model)) },
      { path: 'train.seed', value: task.seed },
      { path: 'output', value: outputOf(task) },
    ],
    plugins,
    cwd,
    env,
  })
  return { kind: 'run', loaded }
}

/**
 * Launches a row's seed in its folder, or goes on with it; nothing where it has ended.
 *
 * @param onBegin called before it is launched
 * @returns null where it was stopped
 * @throws UserError where the folder has results of other settings
 */
export async function trainSeed(
  task: SeedTask,
  context: JobContext,
  onBegin: (task: CellTask) => void,
): Promise<TrainedSeed | null> {
  const planned = await planSeed(task, context)
  return planned.kind === 'run'
    ? trainRun(task, planned.loaded, context, onBegin)
    : trainStages(task, planned.staged, context, onBegin)
}

async function trainRun(
  task: SeedTask,
  loaded: Resolved<Recipe>,
  context: JobContext,
  onBegin: (task: CellTask) => void,
): Promise<TrainedSeed | null> {
  const { cwd, stopRequested } = context
  refuseOtherResults([runClaim(loaded.recipe, cwd)])
  const path = resolve(cwd, loaded.recipe.output)
  const next = await cellTask(path, cwd)
  onBegin(next)
  if (next !== 'skip') {
    const outcome = await performCell(next, loaded, `lethe run ${task.recipe}`, context)
    if (outcome === 'interrupted' || stopRequested()) return null
  }
  const { trouble, stepMilliseconds, peakBytes } = readComparedRun(path)
  return { trouble, stepMilliseconds, peakBytes }
}

async function trainStages(
  task: SeedTask,
  staged: StagedRecipe,
  context: JobContext,
  onBegin: (task: CellTask) => void,
): Promise<TrainedSeed | null> {
  const { cwd, launch, stopRequested } = context
  const path = resolve(cwd, staged.output)
  const isThere = (await readStagesFile(path)) !== null
  await beginStages(staged, { cwd })
  onBegin(isThere ? 'resume' : 'run')
  const outcome = await launch(path)
  if (outcome === 'refused')
    throw new UserError({
      code: 'refused-row',
      path: task.method,
      expected: 'a row that can be made here',
      got: 'the problems above',
    })
  if (outcome === 'interrupted' || stopRequested()) return null
  const runs = staged.stages.flatMap(({ kind, name, folder }) => {
    const at = join(path, folder)
    return kind === 'unlearn' && existsSync(at) ? [{ ...readComparedRun(at), name }] : []
  })
  const stopped = runs.find(({ trouble }) => trouble !== null)
  const peaks = runs.flatMap(({ peakBytes }) => peakBytes ?? [])
  return {
    trouble: stopped ? `stage ${stopped.name}: ${stopped.trouble}` : null,
    stepMilliseconds: null,
    peakBytes: peaks.length > 0 ? Math.max(...peaks) : null,
  }
}

const outputOf = ({ runs, method, seed }: SeedTask) => join(runs, cellName(method, seed))

/** The settings that a board gives to a recipe of stages; the rest is its own. */
export function stageSettings(task: SeedTask, cwd: string): Setting[] {
  const { forget, retain, template } = task.training
  const at = (path: string) => resolve(cwd, path)
  return [
    ...task.settings,
    { path: 'model', value: at(task.model) },
    { path: 'forget.path', value: at(forget) },
    { path: 'retain.path', value: at(retain) },
    ...(template
      ? ['forget', 'retain'].map((set) => ({ path: `${set}.template`, value: template }))
      : []),
    { path: 'train.seed', value: task.seed },
    { path: 'edit.seed', value: task.seed },
    { path: 'output', value: outputOf(task) },
  ]
}
