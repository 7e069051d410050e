import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileAtomic } from '../files/atomic.ts'
import type { StagedRecipe } from '../recipe/read-stages.ts'

const version = 1
const name = 'stages.json'

/** Writes `stages.json` beside the folders of the stages: all that is needed to go on without the recipe. */
export async function writeStages(root: string, staged: StagedRecipe): Promise<void> {
  const text = JSON.stringify({ version, ...staged }, null, 2)
  await writeFileAtomic(join(root, name), `${text}\n`)
}

/** The stages of a folder, as they were begun; null where it is not one of stages. */
export async function readStagesFile(root: string): Promise<StagedRecipe | null> {
  const text = await readFile(join(root, name), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null
    throw error
  })
  if (text === null) return null
  const { version: _, ...staged } = JSON.parse(text) as StagedRecipe & { version: number }
  return staged
}
