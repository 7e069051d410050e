import { UserError } from '../error.ts'
import { requireSize } from '../files/bounded-json.ts'
import { isPointer, pointerFile } from './pointer-file.ts'

/** Bytes that can be read by range: a file on disk, a browser `File`, a URL. */
export interface ByteSource {
  /** For messages: where the bytes come from. */
  readonly name: string
  /** In bytes. */
  readonly size: number
  /**
   * Exactly `length` bytes from `offset`, in memory the caller may keep and change.
   *
   * @throws UserError when the source has fewer bytes than it said
   */
  read(offset: number, length: number): Promise<Uint8Array>
  close?(): Promise<void>
}

/** A flat folder of byte sources. `nodeFolder` is the one on disk. */
export interface FolderSource {
  readonly name: string
  /** File names, sorted; folders inside it are left out. */
  list(): Promise<string[]>
  /** @throws UserError when there is no such file */
  open(file: string): Promise<ByteSource>
}

/** A folder held in memory: files dropped into a page, or made by a program. */
export function memoryFolder(
  name: string,
  files: ReadonlyMap<string, Uint8Array | string>,
): FolderSource {
  return {
    name,
    list: async () => [...files.keys()].sort(),
    open: async (file) => {
      const content = files.get(file)
      if (content === undefined) throw missingFile(name, file, [...files.keys()])
      const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
      return memoryBytes(`${name}/${file}`, bytes)
    },
  }
}

/** Bytes held in memory as a source. */
export function memoryBytes(name: string, bytes: Uint8Array): ByteSource {
  return {
    name,
    size: bytes.length,
    read: async (offset, length) => {
      if (offset + length > bytes.length) throw shortRead(name, offset, length, bytes.length)
      return bytes.slice(offset, offset + length)
    },
  }
}

/**
 * The whole of a small file.
 *
 * @throws UserError for one that is not small, and for a pointer of Git LFS in its place
 */
export async function readAll(folder: FolderSource, file: string): Promise<Uint8Array> {
  const source = await folder.open(file)
  try {
    requireSize(source.name, source.size)
    const bytes = await source.read(0, source.size)
    if (isPointer(bytes)) throw pointerFile(source.name)
    return bytes
  } finally {
    await source.close?.()
  }
}

/** The error of a file that is not there, with what is. */
export function missingFile(
  folder: string,
  file: string,
  present: readonly string[],
  hint?: string,
): UserError {
  const shown = [...present].sort().slice(0, 8).join(', ')
  const more = present.length > 8 ? `, and ${present.length - 8} more` : ''
  return new UserError({
    code: 'missing-file',
    path: `${folder}/${file}`,
    expected: 'this file',
    got: present.length === 0 ? 'an empty folder' : `a folder with ${shown}${more}`,
    ...(hint !== undefined && { hint }),
  })
}

/** The error of a file that ends before the bytes it should hold. */
export function shortRead(name: string, offset: number, length: number, size: number): UserError {
  return new UserError({
    code: 'truncated-file',
    path: name,
    expected: `offset + length = ${offset} + ${length} = ${offset + length} bytes`,
    got: `${size} bytes`,
    hint: 'The file is truncated or was changed while it was read; copy or download it again.',
  })
}
