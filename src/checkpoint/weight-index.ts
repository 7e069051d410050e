import { UserError } from '../error.ts'
import { type FolderSource, readAll } from './bytes.ts'
import { type JsonObject, parseJsonObject } from './json-text.ts'
import { mistakenFolder } from './mistaken-folder.ts'

export const singleFile = 'model.safetensors'
export const indexFile = 'model.safetensors.index.json'

/**
 * Tensor → shard, as the index of a folder says; null where all weights are in one file.
 *
 * @throws UserError for a folder without weights, saying what it holds instead, and for an index that is not one
 */
export async function readIndex(
  folder: FolderSource,
  files: readonly string[],
): Promise<Map<string, string> | null> {
  if (files.includes(singleFile)) return null
  if (!files.includes(indexFile)) throw await withoutWeights(folder, files)
  const name = `${folder.name}/${indexFile}`
  const { value } = parseJsonObject(name, await readAll(folder, indexFile))
  const map = value.weight_map
  const entries = Object.entries((map ?? {}) as JsonObject)
  const usable = entries.every(([, file]) => typeof file === 'string' && !/[/\\]/.test(file))
  if (typeof map !== 'object' || Array.isArray(map) || entries.length === 0 || !usable)
    throw new UserError({
      code: 'invalid-index',
      path: name,
      expected: 'weight_map = { tensor: file in this folder, … }',
      got: (JSON.stringify(map) ?? 'no weight_map').slice(0, 80),
    })
  return new Map(entries as [string, string][])
}

async function withoutWeights(folder: FolderSource, files: readonly string[]): Promise<UserError> {
  const expected = `${singleFile} or ${indexFile}`
  const mistaken = await mistakenFolder(folder, files, expected)
  const others = files.filter((file) => file.endsWith('.safetensors'))
  return new UserError(
    mistaken ?? {
      code: 'missing-file',
      path: folder.name,
      expected,
      got: others.length > 0 ? others.join(', ') : 'neither',
      ...(others.length > 0 && {
        hint: `Files of other names are not read: weights in the layout of transformers are called ${singleFile}.`,
      }),
    },
  )
}
