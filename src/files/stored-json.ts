import { readFileSync, statSync } from 'node:fs'
import { parseDocument } from 'yaml'
import type * as z from 'zod'
import { type Problem, UserError } from '../error.ts'
import { bytesText } from '../units.ts'
import { withFileErrors } from './file-error.ts'

/** Far more than Lethe writes, and less than a machine chokes on. */
const mostBytes = 2 ** 28
/** Levels of lists and objects; the deepest that Lethe writes has eleven. */
const deepest = 64

/**
 * Reads a JSON file that Lethe wrote, and that somebody or a disk may have changed since.
 *
 * @param schema what of it is relied on; the value is the file's, with keys that the schema does not name
 * @throws UserError, by line, for a file that cannot be read, is too large, nested too deep, not JSON or something else
 */
export function readStoredJson<T>(path: string, schema: z.ZodType): T {
  const { size } = withFileErrors(path, () => statSync(path))
  if (size > mostBytes)
    throw new UserError({
      code: 'too-large',
      path,
      expected: `at most ${bytesText(mostBytes)}`,
      got: bytesText(size),
    })
  const text = withFileErrors(path, () => readFileSync(path, 'utf8'))
  const deep = placeTooDeep(text)
  if (deep !== null)
    throw new UserError({
      code: 'nesting',
      position: positionAt(text, deep, path),
      expected: `lists and objects at most ${deepest} deep inside each other`,
      got: 'more',
    })
  const value = parsed(text, path)
  const checked = schema.safeParse(value)
  if (checked.success) return value as T
  const problems = checked.error.issues.slice(0, 20).map(
    ({ path: keys, message, ...issue }): Problem => ({
      code: 'damaged-file',
      position: positionOf(text, keys, path),
      path: keys.join('.'),
      expected: 'expected' in issue ? String(issue.expected) : 'another value',
      got: message.replace(/^Invalid input: expected .*, received /, ''),
      hint: 'The file is not as Lethe wrote it.',
    }),
  )
  throw new UserError(problems)
}

function parsed(text: string, path: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const { message } = error as SyntaxError
    const place = /at position (\d+)/.exec(message)?.[1]
    throw new UserError({
      code: 'not-json',
      position: positionAt(text, place === undefined ? text.length : Number(place), path),
      expected: 'JSON',
      got: message,
    })
  }
}

/** Where brackets lie too deep inside each other; null: nowhere. */
function placeTooDeep(text: string): number | null {
  let depth = 0
  // A string, or a bracket outside of one.
  for (const { 0: word, index } of text.matchAll(/"(?:[^"\\]+|\\.)*"|[[\]{}]/g)) {
    if (word === '[' || word === '{') depth++
    else if (word === ']' || word === '}') depth--
    if (depth > deepest) return index
  }
  return null
}

function positionAt(text: string, place: number, file: string): NonNullable<Problem['position']> {
  const before = text.slice(0, place)
  return {
    file,
    line: before.split('\n').length,
    column: place - before.lastIndexOf('\n'),
  }
}

/** Of a value, or of the innermost one that is there. */
function positionOf(text: string, keys: readonly PropertyKey[], file: string) {
  const document = parseDocument(text)
  for (let length = keys.length; length >= 0; length--) {
    const node = document.getIn(keys.slice(0, length), true) as { range?: number[] } | undefined
    if (node?.range) return positionAt(text, node.range[0], file)
  }
  return positionAt(text, 0, file)
}
