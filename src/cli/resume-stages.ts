import { resolve } from 'node:path'
import { UserError } from '../error.ts'
import type { StagedRecipe } from '../recipe/read-stages.ts'
import { doStages } from './do-stages.ts'
import type { Terminal } from './terminal.ts'

/**
 * Goes on with stages as they were begun, whatever has become of their recipe, and returns the exit code.
 *
 * @throws UserError where the paths in them, which are those of the folder they were begun in, do not lead to `path`
 */
export async function resumeStages(
  path: string,
  staged: StagedRecipe,
  options: { json: boolean; terminal: Terminal },
): Promise<number> {
  const { cwd } = options.terminal
  if (resolve(cwd, staged.output) !== resolve(cwd, path))
    throw new UserError({
      code: 'other-folder',
      path,
      expected: `a call from the folder in which it is ${staged.output}, as when it was begun`,
      got: `one from ${cwd}`,
    })
  return doStages(staged, options)
}
