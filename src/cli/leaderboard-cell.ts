import { existsSync } from 'node:fs'
import { basename, join, relative, resolve } from 'node:path'
import { UserError } from '../error.ts'
import { readComparedRun } from '../run/compared-run.ts'
import { runFolderAt } from '../run/index.ts'
import { readStagesFile } from '../run/stages-file.ts'
import { cellState } from '../run/sweep.ts'
import { parseAxis, sweepCells } from '../run/sweep-plan.ts'
import { runLethe } from './child.ts'
import { exitCode } from './exit-code.ts'

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
  const { method, seed, model, training, settings, cwd } = task
  const sets = [
    ...settings,
    `model=${resolve(cwd, model)}`,
    `forget.path=${resolve(cwd, training.forget)}`,
    `retain.path=${resolve(cwd, training.retain)}`,
    `train.seed=${seed}`,
    `edit.seed=${seed}`,
    `output=${relative(cwd, path)}`,
  ]
  if (!existsSync(runFolderAt(path).model)) {
    const code = await runLethe(['run', method, ...flags(sets)], cwd)
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
