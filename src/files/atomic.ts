import { lstat, mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { diskError } from './disk-error.ts'
import { exchange } from './exchange.ts'
import { isRunning } from './is-running.ts'

export type Content = string | Uint8Array | AsyncIterable<Uint8Array>

/**
 * Writes a file so that after a crash at any moment it is there as a whole, old or new: temporary sibling, fsync,
 * rename, fsync of the folder. The folder is made if need be.
 *
 * @throws UserError for a place that cannot be written, DiskFullError for a full disk; the temporary file is removed
 */
export async function writeFileAtomic(path: string, content: Content): Promise<void> {
  const target = resolve(path)
  await withTemporary(target, sizeOf(content), async (temporary) => {
    await writeFileDurable(temporary, content)
    await rename(temporary, target)
  })
}

/**
 * Makes a folder so that after a crash at any moment it is there as a whole or not at all: `fill` writes into a
 * temporary sibling, which is renamed. A folder that is already there is exchanged in one step on Linux and macOS;
 * elsewhere there is a moment with neither.
 *
 * @param neededBytes what the whole takes, for the message of a full disk
 * @param fill        writes files into the folder it is given, with `writeFileDurable`
 * @throws UserError for a place that cannot be written, DiskFullError for a full disk; the temporary folder is removed
 */
export async function writeFolderAtomic(
  path: string,
  neededBytes: number,
  fill: (temporary: string) => Promise<void>,
): Promise<void> {
  const target = resolve(path)
  await withTemporary(target, neededBytes, async (temporary) => {
    await mkdir(temporary)
    await fill(temporary)
    await syncFolder(temporary)
    if (!(await exists(target))) {
      await rename(temporary, target)
    } else if (await exchange(temporary, target)) {
      // The temporary name is now that of the old folder.
      await rm(temporary, { recursive: true })
    } else {
      await rename(target, `${temporary}.old`)
      await rename(temporary, target)
      await rm(`${temporary}.old`, { recursive: true })
    }
  })
}

/** Removes a folder; first out of sight in one step, so that it is never found half removed. */
export async function removeFolderAtomic(path: string): Promise<void> {
  const target = resolve(path)
  await withTemporary(target, null, async (temporary) => {
    await rename(target, temporary)
    await rm(temporary, { recursive: true })
  })
}

/** Writes a new file and does not return before it is on the disk. */
export async function writeFileDurable(path: string, content: Content): Promise<void> {
  const file = await open(path, 'wx')
  try {
    await writeFile(file, content)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Temporary paths of this process; all others are leftovers if their process is gone. */
const active = new Set<string>()
let count = 0

async function withTemporary(
  target: string,
  neededBytes: number | null,
  use: (temporary: string) => Promise<void>,
): Promise<void> {
  const folder = dirname(target)
  const temporary = join(folder, `.${basename(target)}.${process.pid}-${count++}.tmp`)
  active.add(temporary)
  try {
    await makeFolders(folder)
    await removeLeftovers(folder, basename(target))
    await use(temporary)
    await syncFolder(folder)
  } catch (error) {
    await rm(temporary, { recursive: true, force: true }).catch(() => {})
    throw await diskError(error, target, folder, neededBytes)
  } finally {
    active.delete(temporary)
  }
}

/**
 * Removes what a killed process left of its attempts to write `name`, or any name where null; where it was killed
 * between moving the old folder away and the new one in, the old one is put back.
 */
export async function removeLeftovers(folder: string, name: string | null): Promise<void> {
  for (const entry of await readdir(folder)) {
    const [, owner, pid, old] = /^\.(.+)\.(\d+)-\d+\.tmp(\.old)?$/.exec(entry) ?? []
    if (owner === undefined || (name !== null && owner !== name)) continue
    const path = join(folder, entry)
    if (active.has(path.replace(/\.old$/, ''))) continue
    if (Number(pid) !== process.pid && isRunning(Number(pid))) continue
    if (old && !(await exists(join(folder, owner)))) await rename(path, join(folder, owner))
    else await rm(path, { recursive: true, force: true })
  }
}

/** Not `mkdir` with `recursive`, which never comes back below /proc and the like (Node 20). */
async function makeFolders(path: string): Promise<void> {
  if (await exists(path)) return
  if (dirname(path) !== path) await makeFolders(dirname(path))
  await mkdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  )
}

async function syncFolder(path: string): Promise<void> {
  // Windows cannot open a folder, and writes its entries through.
  if (process.platform === 'win32') return
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

function sizeOf(content: Content): number | null {
  if (typeof content === 'string') return new TextEncoder().encode(content).length
  return content instanceof Uint8Array ? content.length : null
}
