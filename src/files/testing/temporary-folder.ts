import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Runs `use` with a new folder, and removes it. */
export async function temporaryFolder(use: (path: string) => Promise<void>): Promise<void> {
  const path = await mkdtemp(join(tmpdir(), 'lethe-'))
  try {
    await use(path)
  } finally {
    await rm(path, { recursive: true, force: true })
  }
}
