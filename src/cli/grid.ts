import { UserError } from '../error.ts'
import type { GridAxis } from '../job/sweep-cells.ts'

/**
 * Reads `path=value,value,…`; a comma inside brackets or braces does not part values.
 *
 * @throws UserError where it is not of that form
 */
export function parseAxis(text: string): GridAxis {
  const equals = text.indexOf('=')
  const path = text.slice(0, equals)
  const values = splitOutside(text.slice(equals + 1))
  if (equals < 1 || !/^[\w$.-]+$/.test(path) || values.some((value) => value === ''))
    throw new UserError({
      code: 'bad-axis',
      path: '--grid',
      expected: 'path=value,value,…',
      got: text,
      hint: 'For example --grid method.gamma=0.1,1',
    })
  return { path, values }
}

/** `3` is the seeds 0, 1 and 2; `4,7` are those two, and `4,` is the seed 4. */
export function parseSeeds(text: string): number[] {
  const parts = text
    .replace(/,\s*$/, '')
    .split(',')
    .map((part) => part.trim())
  const numbers = parts.map(Number)
  if (parts.includes('') || numbers.some((n) => !Number.isSafeInteger(n) || n < 0))
    throw new UserError({
      code: 'bad-seeds',
      path: '--seeds',
      expected: 'a number of seeds, or seeds parted by commas',
      got: text,
    })
  if (text.includes(',')) return [...new Set(numbers)]
  if (numbers[0] > 0) return Array.from({ length: numbers[0] }, (_, seed) => seed)
  return [0]
}

function splitOutside(text: string): string[] {
  const parts: string[] = []
  let depth = 0
  let part = ''
  for (const character of text) {
    if ('[{('.includes(character)) depth++
    if (')}]'.includes(character)) depth--
    if (character === ',' && depth === 0) {
      parts.push(part.trim())
      part = ''
    } else part += character
  }
  return [...parts, part.trim()]
}
