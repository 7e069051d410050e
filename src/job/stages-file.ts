import { existsSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { writeFileAtomic } from '../files/atomic.ts'
import { readStoredJson } from '../files/stored-json.ts'
import type { StagedRecipe } from '../recipe/read-stages.ts'

const version = 1
const name = 'stages.json'

const begun = { name: z.string(), folder: z.string() }
const recipe = z.looseObject({ output: z.string() })
const stored = z.looseObject({
  file: z.string(),
  output: z.string(),
  stages: z
    .array(
      z.discriminatedUnion('kind', [
        z.looseObject({ kind: z.literal('unlearn'), ...begun, recipe }),
        z.looseObject({ kind: z.literal('edit'), ...begun, recipe }),
        z.looseObject({
          kind: z.literal('merge'),
          ...begun,
          base: z.string(),
          models: z.array(z.string()),
          weights: z.array(z.number()),
          rule: z.string(),
        }),
      ]),
    )
    .min(1),
})

/** Writes `stages.json` beside the folders of the stages: all that is needed to go on without the recipe. */
export async function writeStages(root: string, staged: StagedRecipe): Promise<void> {
  const text = JSON.stringify({ version, ...staged }, null, 2)
  await writeFileAtomic(join(root, name), `${text}\n`)
}

/** The stages of a folder, as they were begun; null where it is not one of stages. */
export async function readStagesFile(root: string): Promise<StagedRecipe | null> {
  const path = join(root, name)
  if (!existsSync(path)) return null
  const { version: _, ...staged } = readStoredJson<StagedRecipe & { version: number }>(path, stored)
  return staged
}
