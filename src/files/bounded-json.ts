import { type Position, type Problem, UserError } from '../error.ts'
import { bytesText } from '../units.ts'

/** Far more than a JSON file of a model, a run or a recipe has, and less than a machine chokes on. */
export const mostJsonBytes = 2 ** 28
/** The same of a file of records, which is read line by line. */
export const mostRecordBytes = 2 ** 30
/** The same of a file that a person writes. */
export const mostRecipeBytes = 2 ** 24
/** Levels of lists and objects; the deepest that Lethe writes has eleven. */
export const deepestJson = 64

/** @throws UserError for a file that is larger than what is read of its kind */
export function requireSize(path: string, bytes: number, most = mostJsonBytes): void {
  if (bytes <= most) return
  throw new UserError({
    code: 'too-large',
    path,
    expected: `at most ${bytesText(most)}`,
    got: bytesText(bytes),
  })
}

/**
 * The value of a JSON text from outside. What reads it may call itself for each level, and the end of the stack can end the
 * process, so depth is bounded before anything is parsed.
 *
 * @throws UserError, by line and column, for a text that is nested too deep or is not JSON
 */
export function parseBoundedJson(text: string, file: string): unknown {
  const deep = nestingProblem(text, { file, line: 1, column: 1 })
  if (deep) throw new UserError(deep)
  try {
    return JSON.parse(text)
  } catch (error) {
    const { message } = error as SyntaxError
    const place = /at position (\d+)/.exec(message)?.[1]
    throw new UserError({
      code: 'not-json',
      position: placeIn(text, place === undefined ? text.length : Number(place), file),
      expected: 'JSON',
      got: message,
    })
  }
}

/** What is wrong with a JSON text that begins at a place, where its lists and objects lie too deep inside each other. */
export function nestingProblem(text: string, start: Position): Problem | null {
  const place = placeTooDeep(text)
  if (place === null) return null
  const { line, column } = placeIn(text, place, start.file)
  return {
    code: 'nesting',
    position: {
      file: start.file,
      line: start.line + line - 1,
      column: line === 1 ? start.column + column - 1 : column,
    },
    expected: `lists and objects at most ${deepestJson} deep inside each other`,
    got: 'more',
  }
}

/** Where a string that begins at a quotation mark ends; not by a pattern, which overflows on millions of letters. */
export function stringEnd(text: string, start: number): number {
  for (let quote = text.indexOf('"', start + 1); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let slashes = 0
    while (text[quote - 1 - slashes] === '\\') slashes++
    if (slashes % 2 === 0) return quote + 1
  }
  return text.length
}

/** Line and column of an offset, both from 1. */
export function placeIn(text: string, offset: number, file: string): Position {
  const before = text.slice(0, offset)
  return { file, line: before.split('\n').length, column: offset - before.lastIndexOf('\n') }
}

function placeTooDeep(text: string): number | null {
  let depth = 0
  for (let i = 0; i < text.length; i++) {
    const char = text[i]
    if (char === '"') i = stringEnd(text, i) - 1
    else if (char === '[' || char === '{') depth++
    else if (char === ']' || char === '}') depth--
    if (depth > deepestJson) return i
  }
  return null
}
