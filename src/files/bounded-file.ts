import { readFileSync, statSync } from 'node:fs'
import { UserError } from '../error.ts'
import { mostJsonBytes, requireSize } from './bounded-json.ts'
import { withReadErrors } from './file-error.ts'

/**
 * Looks at a file before it is read.
 *
 * @throws UserError for one that is too large, and for a pipe or a device, which may never end; the system's error where it
 *   refuses
 */
export function lookBeforeReading(path: string, most: number): void {
  const entry = statSync(path)
  if (!entry.isFile() && !entry.isDirectory())
    throw new UserError({
      code: 'not-a-file',
      path,
      expected: 'a file',
      got: 'a pipe or a device',
      hint: 'Write what comes into a file first.',
    })
  requireSize(path, entry.size, most)
}

/**
 * The bytes of a file that somebody named.
 *
 * @throws UserError for a file that is not there, may not be read, is too large, or no file
 */
export function readBoundedBytes(path: string, most = mostJsonBytes): Buffer {
  return withReadErrors(path, () => {
    lookBeforeReading(path, most)
    return readFileSync(path)
  })
}

/** The same as text. */
export function readBoundedText(path: string, most = mostJsonBytes): string {
  return readBoundedBytes(path, most).toString('utf8')
}
