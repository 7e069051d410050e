import { createEngine } from '../engine/node-engine.ts'
import { UserError } from '../error.ts'
import { writeFileAtomic } from '../files/atomic.ts'
import { readBoundedText } from '../files/bounded-file.ts'
import { holdFolder } from '../files/hold-folder.ts'
import { readAnyRecipe } from '../recipe/read.ts'
import { reportFromRunFolder } from '../report/from-run-folder.ts'
import { readEvents } from '../run/event-log.ts'
import { exportState, stateNamed } from '../run/export-state.ts'
import type { ExportedState } from '../run/exported-states.ts'
import { openRunFolder } from '../run/run-folder.ts'
import type { WorkContext } from './context.ts'

/**
 * Makes a model folder of a saved state of an unlearning run, measures it, and shows it in the run's report.
 *
 * @param word which state: `last-good`, `latest` or its name
 * @returns null where it was stopped while measuring; the next call goes on
 * @throws UserError where there is no such run or state
 */
export async function performExport(
  path: string,
  word: string,
  { cwd, env, tell, stopRequested }: WorkContext,
): Promise<ExportedState | null> {
  const folder = openRunFolder(path)
  return holdFolder(folder.path, async () => {
    const loaded = await readAnyRecipe(folder.recipe, { cwd, env })
    if (loaded.kind !== 'unlearn')
      throw new UserError({
        code: 'wrong-kind',
        path,
        expected: 'an unlearning run',
        got: 'one that trains a model',
        hint: `lethe resume ${path} goes on with it`,
      })
    const state = await stateNamed(folder, word)
    const engine = await createEngine()
    tell({ kind: 'measuring' })
    try {
      const exported = await exportState(loaded.recipe, state, {
        recipeText: readBoundedText(folder.recipe),
        folder,
        engine,
        startedAt: new Date(readEvents(folder.events).at(0)?.ts ?? Date.now()),
        stopRequested,
        clock: () => performance.now(),
      })
      if (exported) await writeFileAtomic(folder.report, reportFromRunFolder(folder.path))
      return exported
    } finally {
      engine.dispose()
    }
  })
}
