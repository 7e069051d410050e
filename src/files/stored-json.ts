import { parseDocument } from 'yaml'
import type * as z from 'zod'
import { type Problem, UserError } from '../error.ts'
import { readBoundedText } from './bounded-file.ts'
import { parseBoundedJson, placeIn } from './bounded-json.ts'

/**
 * Reads a JSON file that Lethe wrote, and that somebody or a disk may have changed since.
 *
 * @param schema what of it is relied on; loose objects keep the keys that it does not name
 * @throws UserError, by line, for a file that cannot be read, is too large, nested too deep, not JSON or something else
 */
export function readStoredJson<T>(path: string, schema: z.ZodType): T {
  const text = readBoundedText(path)
  const value = parseBoundedJson(text, path)
  const checked = schema.safeParse(value)
  if (checked.success) return checked.data as T
  const problems = checked.error.issues.slice(0, 20).map(
    ({ path: keys, message, ...issue }): Problem => ({
      code: 'damaged-file',
      position: positionOf(text, keys, path),
      path: keys.join('.'),
      expected: 'expected' in issue ? String(issue.expected) : 'another value',
      got: message
        .replace(/^Invalid input: expected .*, received /, '')
        .replace(/^undefined$/, 'nothing'),
      hint: 'The file is not as Lethe wrote it.',
    }),
  )
  throw new UserError(problems)
}

/** Of a value, or of the innermost one that is there. */
function positionOf(text: string, keys: readonly PropertyKey[], file: string) {
  const document = parseDocument(text)
  for (let length = keys.length; length >= 0; length--) {
    const node = document.getIn(keys.slice(0, length), true) as { range?: number[] } | undefined
    if (node?.range) return placeIn(text, node.range[0], file)
  }
  return placeIn(text, 0, file)
}
