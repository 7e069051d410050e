import { UserError } from '../error.ts'
import { nestingProblem, stringEnd } from '../files/bounded-json.ts'

export type JsonObject = Record<string, unknown>

/**
 * Bytes of a JSON file that must hold an object.
 *
 * @throws UserError for bytes that are not UTF-8, text that is not JSON or nested too deep, another value
 */
export function parseJsonObject(
  name: string,
  bytes: Uint8Array,
): { text: string; value: JsonObject } {
  const text = decodeText(name, bytes)
  const deep = nestingProblem(text, { file: name, line: 1, column: 1 })
  if (deep) throw new UserError(deep)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new UserError({
      code: 'invalid-json',
      path: name,
      expected: 'JSON',
      got: (error as Error).message,
    })
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw new UserError({
      code: 'invalid-json',
      path: name,
      expected: 'a JSON object, { … }',
      got: Array.isArray(value) ? 'a list' : JSON.stringify(value).slice(0, 80),
    })
  return { text, value: value as JsonObject }
}

/** UTF-8 bytes as text; a byte order mark is dropped. */
export function decodeText(name: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new UserError({
      code: 'invalid-utf8',
      path: name,
      expected: 'UTF-8 text',
      got: 'bytes that are not UTF-8',
      hint: 'The file is corrupt or in another encoding.',
    })
  }
}

/** A key of an object in JSON text, and the offsets [start, end) of its value. */
export interface JsonEntry {
  /** Which object: numbered as they open, 0 the outermost. */
  object: number
  key: string
  start: number
  end: number
}

/** Every key of every object in `text`, in order, repeated ones too. `text` must be valid JSON, an object. */
export function jsonEntries(text: string): JsonEntry[] {
  const entries: JsonEntry[] = []
  const open: { object: number | null; awaitsKey: boolean; entry: JsonEntry | null }[] = []
  let objects = 0
  let entry: JsonEntry | null = null
  const token = /["{}[\],]|[^\s{}[\],:"]+/g
  for (let match = token.exec(text); match; match = token.exec(text)) {
    if (match[0] === '"') token.lastIndex = stringEnd(text, match.index)
    const end = token.lastIndex
    const word = text.slice(match.index, end)
    const around = open.at(-1)
    if (word === ',') {
      if (around) around.awaitsKey = around.object !== null
    } else if (around?.awaitsKey && word[0] === '"') {
      entry = { object: around.object as number, key: JSON.parse(word), start: -1, end }
      entries.push(entry)
      around.awaitsKey = false
    } else if (word === '}' || word === ']') {
      entry = open.pop()?.entry ?? null
      if (entry) entry.end = end
    } else {
      if (entry?.start === -1) entry.start = match.index
      if (word === '{' || word === '[') {
        open.push({ object: word === '{' ? objects++ : null, awaitsKey: word === '{', entry })
        entry = null
      } else if (entry) entry.end = end
    }
  }
  return entries
}

/**
 * JSON text with some of its top-level keys set to other values; every other byte stays, so that `10000.0` does not
 * become `10000` and the order of the keys is kept. New keys go to the end.
 *
 * @param text valid JSON, an object
 */
export function editJson(text: string, changes: Readonly<JsonObject>): string {
  let edited = text
  for (const [key, value] of Object.entries(changes)) {
    const entries = jsonEntries(edited).filter((entry) => entry.object === 0)
    const found = entries.filter((entry) => entry.key === key).at(-1)
    const written = JSON.stringify(value, null, 2).replaceAll('\n', '\n  ')
    if (found) {
      edited = edited.slice(0, found.start) + written + edited.slice(found.end)
    } else {
      const last = entries.at(-1)
      const end = last ? last.end : edited.indexOf('{') + 1
      const added = `${last ? ',' : ''}\n  ${JSON.stringify(key)}: ${written}${last ? '' : '\n'}`
      edited = edited.slice(0, end) + added + edited.slice(end)
    }
  }
  return edited
}
