import { statfs } from 'node:fs/promises'
import { UserError } from '../error.ts'
import { bytesText } from '../units.ts'

/** There was no room for a file or folder. Nothing of it is left behind. */
export class DiskFullError extends Error {
  readonly path: string
  /** Bytes it needs altogether; null where not known. */
  readonly neededBytes: number | null
  /** Bytes free on that disk, now that the attempt is removed; null where the system does not say. */
  readonly freeBytes: number | null

  constructor(path: string, neededBytes: number | null, freeBytes: number | null, cause: unknown) {
    const bytes = (count: number | null): string =>
      count === null ? 'an unknown number of bytes' : bytesText(count)
    super(`disk full: ${path} needs ${bytes(neededBytes)}, ${bytes(freeBytes)} are free`, { cause })
    this.name = 'DiskFullError'
    this.path = path
    this.neededBytes = neededBytes
    this.freeBytes = freeBytes
  }
}

const unwritable = [
  'EACCES',
  'EPERM',
  'EROFS',
  'ENOTDIR',
  'ENOENT',
  'EISDIR',
  'EEXIST',
  'ENAMETOOLONG',
]

/** An error of the file system in the words of whoever asked for the file; others as they are. */
export async function diskError(
  error: unknown,
  path: string,
  folder: string,
  neededBytes: number | null,
): Promise<unknown> {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new DiskFullError(path, neededBytes, await freeBytes(folder), error)
  if (code !== undefined && unwritable.includes(code))
    return new UserError({
      code: 'unwritable-output',
      path,
      expected: 'a place that can be written',
      got: message,
    })
  return error
}

async function freeBytes(folder: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(folder)
    return bavail * bsize
  } catch {
    return null
  }
}
