import { nearest, type Problem } from '../error.ts'
import { keyPosition, type SourceRecord } from './parse-records.ts'

/** The keys of every known shape, in the order in which messages list them. */
export const shapes = {
  'question-answer': ['question', 'answer'],
  'input-output': ['input', 'output'],
  'instruction-output': ['instruction', 'output'],
  'prompt-completion': ['prompt', 'completion'],
  text: ['text'],
  messages: ['messages'],
  conversations: ['conversations'],
  preference: ['prompt', 'chosen', 'rejected'],
  'question-preference': ['question', 'chosen', 'rejected'],
} as const satisfies Record<string, readonly string[]>

/** The key of other wordings of a record's question, which are never trained on. */
export const wordingsKey = 'otherWordings'

/**
 * Keys that a shape may have besides: other wordings of its question, and Alpaca's records are {instruction, input, output},
 * where the input may be empty.
 */
export const optionalKeys: Partial<Record<ShapeId, readonly string[]>> = {
  'question-answer': [wordingsKey],
  'input-output': [wordingsKey],
  'instruction-output': ['input', wordingsKey],
  'prompt-completion': [wordingsKey],
  preference: [wordingsKey],
  'question-preference': [wordingsKey],
}

export type ShapeId = keyof typeof shapes

/** Whether records of this shape name an answer to prefer and one to reject. */
export function hasPairs(shape: ShapeId): boolean {
  return (shapes[shape] as readonly string[]).includes('chosen')
}

/** The shape whose keys a record has; a problem and null when there is none, or more than one. */
export function shapeOf(record: SourceRecord, problems: Problem[]): ShapeId | null {
  const keys = Object.keys(record.value)
  const ids = Object.keys(shapes) as ShapeId[]
  const complete = ids.filter((id) => shapes[id].every((key) => keys.includes(key)))
  // The question of {instruction, input, output} is in the instruction.
  const found = complete.includes('instruction-output')
    ? complete.filter((id) => id !== 'input-output')
    : complete
  if (found.length === 1) return found[0]
  if (found.length > 1)
    problems.push({
      code: 'ambiguous-shape',
      position: keyPosition(record, shapes[found[1]][0]),
      expected: 'the keys of one shape',
      got: `those of ${found.map((id) => keyList(shapes[id])).join(' and ')}`,
      hint: 'Remove the keys that are not meant',
    })
  else problems.push(unknownShape(record, keys))
  return null
}

/** Points at the key most likely misspelt: the one nearest to a key that the most complete shape lacks. */
function unknownShape(record: SourceRecord, keys: readonly string[]): Problem {
  const lists: (readonly string[])[] = Object.values(shapes)
  const present = (list: readonly string[]) => list.filter((key) => keys.includes(key)).length
  const byPresence = [...lists].sort((a, b) => present(b) - present(a))
  const known = lists.flat()
  const unknown = keys.filter((key) => !known.includes(key))
  let slip: { got: string; meant: string } | undefined
  for (const list of byPresence)
    for (const meant of list.filter((key) => !keys.includes(key))) {
      const got = nearest(meant, unknown)
      if (got && !slip) slip = { got, meant }
    }
  const partial = byPresence[0].filter((key) => !keys.includes(key))
  const hint = slip
    ? `Did you mean "${slip.meant}" instead of "${slip.got}"?`
    : present(byPresence[0]) > 0
      ? `${keyList(byPresence[0])} lacks ${partial.map((key) => `"${key}"`).join(' and ')}`
      : undefined
  return {
    code: 'unknown-shape',
    position: keyPosition(record, slip?.got ?? keys[0] ?? ''),
    expected: `the keys of one shape: ${lists.map(keyList).join(', ')}`,
    got: keyList(keys),
    ...(hint && { hint }),
  }
}

/** Keys as messages write them: `{question, answer}`. */
export function keyList(keys: readonly string[]): string {
  return `{${keys.join(', ')}}`
}
