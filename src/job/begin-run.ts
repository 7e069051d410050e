import { resolve } from 'node:path'
import { writeFileAtomic } from '../files/atomic.ts'
import { holdFolder } from '../files/hold-folder.ts'
import type { Resolved } from '../recipe/examine-recipe.ts'
import { toYaml } from '../recipe/write.ts'
import { createRunFolder, type RunFolder } from '../run/run-folder.ts'

/**
 * Makes the folder of a run, with the recipe that is to be performed in it.
 *
 * @param header what asked for it, for the recipe's first line
 * @throws UserError as `createRunFolder`, and where another process works in it
 */
export async function beginRun(
  { recipe, provenance }: Resolved<{ output: string }>,
  { cwd, header, replace = false }: { cwd: string; header: string; replace?: boolean },
): Promise<RunFolder> {
  const path = resolve(cwd, recipe.output)
  return holdFolder(path, async () => {
    const folder = createRunFolder(path, { replace })
    await writeFileAtomic(folder.recipe, toYaml(recipe, provenance, [header]))
    return folder
  })
}
