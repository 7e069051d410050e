import { resolve } from 'node:path'
import { UserError } from '../error.ts'
import { readEvents } from '../run/event-log.ts'
import { evaluationIsOpen } from '../run/run-evaluation.ts'
import { openRunFolder } from '../run/run-folder.ts'
import { closeRun, isClosed } from './close-run.ts'
import type { WorkContext } from './context.ts'
import type { JobOutcome } from './outcome.ts'
import { performRun } from './run-job.ts'
import { readStagesFile } from './stages-file.ts'
import { performStages } from './stages-job.ts'

/**
 * Performs in this process the job that lies in a folder, or goes on with it: a run, or stages as they were begun, whatever has become
 * of their recipe.
 *
 * @throws UserError where there is no job, or the paths of stages, which start from where they were begun, do not lead to it
 */
export async function perform(path: string, context: WorkContext): Promise<JobOutcome> {
  const { cwd, tell } = context
  const staged = await readStagesFile(resolve(cwd, path))
  if (staged && resolve(cwd, staged.output) !== resolve(cwd, path))
    throw new UserError({
      code: 'other-folder',
      path,
      expected: `a call from the folder in which it is ${staged.output}, as when it was begun`,
      got: `one from ${cwd}`,
    })
  if (staged) return performStages(staged, context)
  const folder = openRunFolder(path)
  const last = readEvents(folder.events).at(-1)
  if (last?.type !== 'run.finished' || (await evaluationIsOpen(folder, cwd)))
    return performRun(folder, context)
  if (!isClosed(folder)) await closeRun(folder)
  tell({ kind: 'nothing-to-do', path })
  return 'finished'
}
