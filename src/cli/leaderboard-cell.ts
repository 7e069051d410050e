import { existsSync } from 'node:fs'
import { basename, join, relative, resolve } from 'node:path'
import { type Problem, UserError } from '../error.ts'
import { readRecipe } from '../recipe/read.ts'
import { readStages } from '../recipe/read-stages.ts'
import { readComparedRun } from '../run/compared-run.ts'
import { runFolderAt } from '../run/index.ts'
import { readStagesFile } from '../run/stages-file.ts'
import { cellState } from '../run/sweep.ts'
import { parseAxis, sweepCells, withSettings } from '../run/sweep-plan.ts'
import { runLethe } from './child.ts'
import { exitCode } from './exit-code.ts'
import type { Terminal } from './terminal.ts'

/** What one seed of a row is trained with. */
export interface CellTask {
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
  readonly training: { readonly forget: string; readonly retain: string }
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

/** What is wrong with a row's settings, before anything is trained. */
export async function cellProblems(task: CellTask, terminal: Terminal): Promise<Problem[]> {
  const { method, sets, settings, recipe } = task
  const { cwd, env } = terminal
  try {
    if (isRecipe(method)) await readStages(method, { sets: stageSets(task), cwd, env })
    else {
      const cell = { name: method, sets: [`method=${method}`] }
      await readRecipe(recipe, {
        sets: withSettings(cell, [...sets, ...settings]).sets,
        cwd,
        env,
      })
    }
    return []
  } catch (error) {
    if (error instanceof UserError) return [...error.problems]
    throw error
  }
}

/** Trains in a process of its own, or finds that this was done. Returns null where it was stopped. */
export async function trainCell(task: CellTask): Promise<TrainedCell | null> {
  const path = resolve(task.cwd, task.runs, cellName(task.method, task.seed))
  return isRecipe(task.method) ? doStages(task, path) : runMethod(task, path)
}

async function runMethod(task: CellTask, path: string): Promise<TrainedCell | null> {
  const { method, seed, runs, recipe, model, cwd } = task
  const state = cellState(path)
  if (state !== 'finished' && state !== 'guard') {
    const sets = [...task.sets, ...task.settings, `model=${relative(cwd, resolve(cwd, model))}`]
    const grid = ['--grid', `method=${method}`, '--seeds', `${seed},`, '--output', runs]
    const code = await runLethe(['sweep', recipe, ...grid, ...flags(sets)], cwd)
    refuseBadSettings(code, method)
    if (code === null || code === exitCode.interrupted) return null
  }
  const { trouble, stepMilliseconds, peakBytes } = readComparedRun(path)
  return { trouble, stepMilliseconds, peakBytes }
}

/** Called again it goes on, and has nothing to do where all was done. */
async function doStages(task: CellTask, path: string): Promise<TrainedCell | null> {
  const { method, cwd } = task
  if (!existsSync(runFolderAt(path).model)) {
    const code = await runLethe(['run', method, ...flags(stageSets(task))], cwd)
    refuseBadSettings(code, method)
    if (code === null || code === exitCode.interrupted) return null
  }
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

function stageSets({ method, seed, runs, model, training, settings, cwd }: CellTask): string[] {
  return [
    ...settings,
    `model=${resolve(cwd, model)}`,
    `forget.path=${resolve(cwd, training.forget)}`,
    `retain.path=${resolve(cwd, training.retain)}`,
    `train.seed=${seed}`,
    `edit.seed=${seed}`,
    `output=${join(runs, cellName(method, seed))}`,
  ]
}

const flags = (sets: readonly string[]) => sets.flatMap((set) => ['--set', set])

function refuseBadSettings(code: number | null, method: string): void {
  if (code === exitCode.input)
    throw new UserError({
      code: 'bad-settings',
      path: method,
      expected: 'settings that its recipe takes',
      got: 'the problems above',
    })
}
