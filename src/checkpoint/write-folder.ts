import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '../error.ts'
import { writeFileDurable, writeFolderAtomic } from '../files/atomic.ts'
import { withFiniteWeights } from './finite-weights.ts'
import { folderFiles, type ModelFolder } from './folder-files.ts'

export interface WriteOptions {
  /** Put the new folder in the place of a model folder that is already there. Off: that is an error. */
  replace?: boolean
  /** Files are split before they would be larger, where the tensors do not name theirs. 5e9, as transformers had it. */
  shardBytes?: number
}

/**
 * Writes a model folder that transformers and `openCheckpoint` read. After a crash at any moment the target is whole,
 * old or new. Memory: one tensor.
 *
 * @throws UserError when the target is there and `replace` is off, or is not a model folder, or cannot be written;
 *   NonFiniteWeights; DiskFullError. Nothing is left behind.
 * Source: transformers `save_pretrained`; huggingface_hub, serialization/_base.py (`split_state_dict_into_shards_factory`).
 */
export async function writeModelFolder(
  target: string,
  model: ModelFolder,
  { replace = false, shardBytes = 5e9 }: WriteOptions = {},
): Promise<void> {
  await checkTarget(target, replace)
  const files = folderFiles(withFiniteWeights(model), shardBytes)
  const neededBytes = files.reduce((total, file) => total + file.byteLength, 0)
  await writeFolderAtomic(target, neededBytes, async (temporary) => {
    for (const { name, pieces } of files) await writeFileDurable(join(temporary, name), pieces())
  })
}

async function checkTarget(target: string, replace: boolean): Promise<void> {
  const there = await stat(target).catch(() => null)
  if (there === null) return
  if (!there.isDirectory())
    throw new UserError({
      code: 'output-exists',
      path: target,
      expected: 'a folder, or nothing yet',
      got: 'a file',
    })
  const present = await readdir(target)
  if (present.length === 0) return
  if (!replace)
    throw new UserError({
      code: 'output-exists',
      path: target,
      expected: 'nothing there yet',
      got: `a folder of ${present.length} files`,
      hint: 'Choose another place, or ask for it to be replaced.',
    })
  if (!present.includes('config.json'))
    throw new UserError({
      code: 'output-exists',
      path: target,
      expected: 'a model folder to replace',
      got: `a folder without config.json, with ${present.slice(0, 5).join(', ')}`,
      hint: 'Replacing removes all that is in it; choose another place.',
    })
}
