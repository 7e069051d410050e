import { existsSync } from 'node:fs'
import { basename, join, relative, resolve } from 'node:path'
import { UserError } from '../error.ts'
import type { TrainingFiles } from '../job/benchmark-plan.ts'
import { readStagesFile } from '../job/stages-file.ts'
import { parseAxis, sweepCells, withSettings } from '../job/sweep-plan.ts'
import { readRecipe } from '../recipe/read.ts'
import { readStages } from '../recipe/read-stages.ts'
import { readComparedRun } from '../run/compared-run.ts'
import { runLethe } from './child.ts'
import { exitCode } from './exit-code.ts'
import type { Terminal } from './terminal.ts'

/** What one seed of a row is trained with. */
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
  /** `path=value` texts for this row */
  readonly settings: readonly string[]
  readonly model: string
  readonly training: TrainingFiles
  readonly cwd: string
}

/** What became of it, with or without a model. */
export interface TrainedCell {
  readonly trouble: string | null
  /** of a method: stages have no step in common */
  readonly stepMilliseconds: number | null
  readonly peakBytes: number | null
}

const isRecipe = (method: string) => /\.(ya?ml|json)$/.test(method)

/** How a row is called in tables. */
export function rowName(method: string): string {
  return isRecipe(method) ? basename(method).replace(/\.\w+$/, '') : method
}

/** Name of the folder of a row's seed. */
export function cellName(method: string, seed: number): string {
  return sweepCells([parseAxis(`method=${rowName(method)}`)], [seed], '')[0].name
}

/** Throws UserError with what is wrong with a row's settings, before anything is trained. */
export async function checkSettings(task: SeedTask, terminal: Terminal): Promise<void> {
  const { method, sets, settings, recipe } = task
  const { cwd, env } = terminal
  if (isRecipe(method)) await readStages(method, { sets: stageSets(task), cwd, env })
  else {
    const cell = withSettings({ name: method, sets: [`method=${method}`] }, [...sets, ...settings])
    await readRecipe(recipe, { sets: cell.sets, cwd, env })
  }
}

/**
 * Trains in a process of its own, which finds what was done, and refuses results of other settings.
 *
 * @returns null where it was stopped
 */
export async function trainCell(task: SeedTask): Promise<TrainedCell | null> {
  const { method, cwd, runs } = task
  const code = await runLethe(isRecipe(method) ? runArguments(task) : sweepArguments(task), cwd)
  if (code === exitCode.input)
    throw new UserError({
      code: 'refused-row',
      path: method,
      expected: 'a row that can be made here',
      got: 'the problems above',
    })
  if (code === null || code === exitCode.interrupted) return null
  const path = resolve(cwd, runs, cellName(method, task.seed))
  if (isRecipe(method)) return readStagedCell(path)
  const { trouble, stepMilliseconds, peakBytes } = readComparedRun(path)
  return { trouble, stepMilliseconds, peakBytes }
}

async function readStagedCell(path: string): Promise<TrainedCell> {
  const stages = (await readStagesFile(path))?.stages ?? []
  const runs = stages.flatMap(({ kind, name, folder }) => {
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

function sweepArguments(task: SeedTask): string[] {
  const { method, seed, runs, recipe, model, cwd } = task
  const sets = [...task.sets, ...task.settings, `model=${relative(cwd, resolve(cwd, model))}`]
  const grid = ['--grid', `method=${method}`, '--seeds', `${seed},`, '--output', runs]
  return ['sweep', recipe, ...grid, ...flags(sets)]
}

const runArguments = (task: SeedTask) => ['run', task.method, ...flags(stageSets(task))]

export function stageSets({
  method,
  seed,
  runs,
  model,
  training,
  settings,
  cwd,
}: SeedTask): string[] {
  const { forget, retain, template } = training
  const written = JSON.stringify(template)
  return [
    ...settings,
    `model=${resolve(cwd, model)}`,
    `forget.path=${resolve(cwd, forget)}`,
    `retain.path=${resolve(cwd, retain)}`,
    ...(template ? [`forget.template=${written}`, `retain.template=${written}`] : []),
    `train.seed=${seed}`,
    `edit.seed=${seed}`,
    `output=${join(runs, cellName(method, seed))}`,
  ]
}

const flags = (sets: readonly string[]) => sets.flatMap((set) => ['--set', set])
