import { resolve } from 'node:path'
import type { Resolved } from '../recipe/examine-recipe.ts'
import { beginRun } from './begin-run.ts'
import type { CellTask } from './cell-state.ts'
import type { JobContext } from './context.ts'
import type { JobOutcome } from './outcome.ts'

/**
 * Launches one run of several in its folder, begun first where nothing is there to go on from.
 *
 * @param task by `cellTask`, of a folder that holds no other recipe's results
 */
export async function performCell(
  task: Exclude<CellTask, 'skip'>,
  loaded: Resolved<{ output: string }>,
  header: string,
  { cwd, launch }: Pick<JobContext, 'cwd' | 'launch'>,
): Promise<JobOutcome> {
  if (task !== 'resume') await beginRun(loaded, { cwd, header, replace: task === 'replace' })
  return launch(resolve(cwd, loaded.recipe.output))
}
