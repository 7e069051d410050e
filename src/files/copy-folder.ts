import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileDurable, writeFolderAtomic } from './atomic.ts'

/**
 * Copies a folder of files, such as a model; after a crash at any moment the target is whole, old or new. What is in the
 * target already is replaced. Memory: a piece of a file.
 *
 * @throws UserError for a place that cannot be written, DiskFullError for a full disk; nothing is left behind
 */
export async function copyFolderAtomic(source: string, target: string): Promise<void> {
  const names = (await readdir(source)).sort()
  let bytes = 0
  for (const name of names) bytes += (await stat(join(source, name))).size
  await writeFolderAtomic(target, bytes, async (temporary) => {
    for (const name of names)
      await writeFileDurable(join(temporary, name), createReadStream(join(source, name)))
  })
}
