import { createHash } from 'node:crypto'
import { readdir, readFile, rm, stat, utimes } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { writeFileAtomic } from '../../files/atomic.ts'
import type { ExecutableStore } from './executables.ts'

/** The cache of compiled programs may take so much of the disk; then what was not used for longest goes. */
const largestCache = 2 * 2 ** 30

const digestBytes = 32

/** Where compiled programs lie. */
export function programCacheFolder(env: Readonly<Record<string, string | undefined>>): string {
  return join(env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'lethe', 'xla')
}

/**
 * Compiled programs in a folder, one a file.
 *
 * They are machine code, so each is checked by its digest before it is handed out. A folder that cannot be written is no error: it
 * is only a cache.
 */
export function createDiskStore(folder: string, limit: number = largestCache): ExecutableStore {
  const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest()
  return {
    async read(key) {
      const path = join(folder, key)
      const bytes = await readFile(path).catch(() => null)
      if (!bytes || bytes.length < digestBytes) return null
      const content = bytes.subarray(digestBytes)
      if (!digest(content).equals(bytes.subarray(0, digestBytes))) return null
      const now = new Date()
      await utimes(path, now, now).catch(() => {})
      return content
    },
    async write(key, bytes) {
      try {
        await writeFileAtomic(join(folder, key), Buffer.concat([digest(bytes), bytes]))
        await prune(folder, limit)
      } catch {}
    },
  }
}

async function prune(folder: string, limit: number): Promise<void> {
  const names = await readdir(folder)
  const files = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name)
      const { size, mtimeMs } = await stat(path)
      return { path, size, mtimeMs }
    }),
  )
  let total = files.reduce((sum, { size }) => sum + size, 0)
  for (const { path, size } of files.sort((a, b) => a.mtimeMs - b.mtimeMs)) {
    if (total <= limit) return
    await rm(path, { force: true })
    total -= size
  }
}
