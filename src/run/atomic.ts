import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { withFileErrors } from './file-error.ts'

/** Writes a file so that a reader finds the old content or the new, never a part. Throws UserError where it cannot. */
export function writeFileAtomic(path: string, content: string): void {
  const partial = `${path}.partial`
  withFileErrors(path, () => {
    try {
      const file = openSync(partial, 'w')
      try {
        writeFileSync(file, content)
        fsyncSync(file)
      } finally {
        closeSync(file)
      }
      renameSync(partial, path)
    } catch (error) {
      rmSync(partial, { force: true })
      throw error
    }
  })
}
