import type { StoredDType } from '../checkpoint/dtype.ts'
import { writeModelFolder } from '../checkpoint/write-folder.ts'
import { type GgufModel, openGgufModel } from './gguf-model.ts'

/**
 * Writes the Hugging Face folder of a GGUF file.
 *
 * @param options.dtype what weights are stored as; F32 keeps every value of the file
 * @throws UserError as `openGgufModel`, and for a target that is there
 */
export async function importGguf(options: {
  readonly path: string
  readonly target: string
  readonly dtype: StoredDType
  readonly replace: boolean
}): Promise<Omit<GgufModel, 'folder'>> {
  const { path, target, dtype, replace } = options
  const { folder, ...found } = await openGgufModel(path, dtype)
  await writeModelFolder(target, folder, { replace })
  return found
}
