import { join, resolve } from 'node:path'
import { ofEach } from '../error.ts'
import { writeFileAtomic } from '../files/atomic.ts'
import { holdFolder } from '../files/hold-folder.ts'
import type { Resolved } from '../recipe/examine-recipe.ts'
import { readRecipe } from '../recipe/read.ts'
import type { Recipe } from '../recipe/recipe-schema.ts'
import { performCell } from './cell.ts'
import { type CellState, cellState, cellTask } from './cell-state.ts'
import type { JobContext } from './context.ts'
import { refuseOtherResults, runClaim } from './other-results.ts'
import type { SweepCell } from './sweep-cells.ts'

/** A recipe, and the runs that are made of it. */
export interface Sweep {
  readonly file: string
  /** modules that are loaded beside those that the recipe names */
  readonly plugins: readonly string[]
  /** folder of the run folders */
  readonly output: string
  readonly cells: readonly SweepCell[]
}

/** The content of `sweep.json`. */
export interface SweepFile {
  readonly recipe: string
  readonly cells: readonly CellResult[]
}

/** A run of a sweep, and how it stands. */
export type CellResult = SweepCell & { readonly state: CellState }

/**
 * The complete recipe of each cell.
 *
 * @throws UserError with the problems of all cells, each said once
 */
export function resolveCells(
  { file, plugins, cells }: Sweep,
  { cwd, env }: Pick<JobContext, 'cwd' | 'env'>,
): Promise<Resolved<Recipe>[]> {
  return ofEach(cells, ({ sets }) => readRecipe(file, { sets, plugins, cwd, env }))
}

/**
 * Launches every cell in its folder, one after another: what has ended is skipped, what was stopped goes on. `sweep.json` beside them
 * says how they stand.
 *
 * @param recipes of `resolveCells`
 * @throws UserError where a folder holds a run of other settings, before anything is done
 */
export function performSweep(
  sweep: Sweep,
  recipes: readonly Resolved<Recipe>[],
  context: JobContext,
): Promise<CellResult[]> {
  const root = resolve(context.cwd, sweep.output)
  return holdFolder(root, () => launchCells(sweep, recipes, context))
}

async function launchCells(
  { file, output, cells }: Sweep,
  recipes: readonly Resolved<Recipe>[],
  context: JobContext,
): Promise<CellResult[]> {
  const { cwd, tell, stopRequested } = context
  const root = resolve(cwd, output)
  const folderOf = (name: string) => join(root, name)
  refuseOtherResults(recipes.map(({ recipe }) => runClaim(recipe, cwd)))
  const results = () => cells.map((cell) => ({ ...cell, state: cellState(folderOf(cell.name)) }))
  const write = async () => {
    const content: SweepFile = { recipe: file, cells: results() }
    await writeFileAtomic(join(root, 'sweep.json'), `${JSON.stringify(content, null, 2)}\n`)
  }
  for (const [index, { name }] of cells.entries()) {
    if (stopRequested()) break
    const task = await cellTask(folderOf(name), cwd)
    tell({ kind: 'cell', name, task, index, of: cells.length })
    if (task === 'skip') continue
    await write()
    await performCell(task, recipes[index], `lethe run ${file}`, context)
  }
  await write()
  return results()
}
