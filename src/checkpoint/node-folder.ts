import { open, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '../error.ts'
import { type ByteSource, type FolderSource, missingFile, shortRead } from './bytes.ts'

/**
 * A folder on disk. Files are opened for each read, so nothing has to be closed; a file that was replaced or changed
 * since `open` is an error, never a mixture of two.
 *
 * @throws UserError when the path is not a folder that can be read
 */
export async function nodeFolder(path: string): Promise<FolderSource> {
  await files(path)
  return {
    name: path,
    list: () => files(path),
    open: (file) => openFile(path, file),
  }
}

/** The one folder that transformers writes inside a model folder. */
const templates = 'additional_chat_templates'

async function files(path: string): Promise<string[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true })
    const names: string[] = []
    for (const entry of entries) {
      // Model caches hold links to blobs.
      const isFile = entry.isSymbolicLink()
        ? await stat(join(path, entry.name)).then(
            (target) => target.isFile(),
            () => false,
          )
        : entry.isFile()
      if (isFile) names.push(entry.name)
      if (entry.isDirectory() && entry.name === templates)
        for (const file of await readdir(join(path, templates))) names.push(`${templates}/${file}`)
    }
    return names.sort()
  } catch (error) {
    throw new UserError({
      code: 'unreadable-folder',
      path,
      expected: 'a folder that can be read',
      got: reason(error),
    })
  }
}

async function openFile(folder: string, file: string): Promise<ByteSource> {
  const name = join(folder, file)
  const first = await stat(name).catch(() => null)
  if (!first?.isFile()) throw missingFile(folder, file, await files(folder))
  return {
    name,
    size: first.size,
    read: async (offset, length) => {
      const handle = await open(name).catch((error: unknown) => {
        throw new UserError({
          code: 'unreadable-file',
          path: name,
          expected: 'a file that can be read',
          got: reason(error),
        })
      })
      try {
        const now = await handle.stat()
        if (now.size < offset + length) throw shortRead(name, offset, length, now.size)
        if (now.ino !== first.ino || now.size !== first.size || now.mtimeMs !== first.mtimeMs)
          throw new UserError({
            code: 'changed-file',
            path: name,
            expected: 'the file that was opened',
            got: 'a file that was changed or replaced since',
          })
        const bytes = new Uint8Array(length)
        let filled = 0
        while (filled < length) {
          const { bytesRead } = await handle.read(bytes, filled, length - filled, offset + filled)
          if (bytesRead === 0) throw shortRead(name, offset, length, offset + filled)
          filled += bytesRead
        }
        return bytes
      } finally {
        await handle.close()
      }
    },
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
