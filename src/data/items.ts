import type { Message } from '../checkpoint/chat-template.ts'
import { nearest, type Problem } from '../error.ts'
import { keyPosition, type SourceRecord } from './parse-records.ts'
import {
  keyList,
  optionalKeys,
  type ShapeId,
  shapeOf,
  shapes,
  wordingsKey,
} from './record-shape.ts'

/** Who may speak in {messages}. */
export const roles: readonly string[] = ['system', 'user', 'assistant', 'tool']

/** One record in the toolkit's own form, whatever its keys were. */
export interface Item {
  shape: ShapeId
  /** What is given; empty for {text}; the turns before the last answer for {messages}. */
  prompt: string
  /** What is learned or forgotten; for {messages} the last assistant turn. */
  answer: string
  /** The whole conversation for {messages}, else null. */
  messages: readonly Message[] | null
  /** Other wordings of the prompt, which are measured and never trained on; absent where the record has none. */
  otherWordings?: readonly string[]
  origin: { file: string; line: number }
}

/** What `toItems` found out about a file. */
export interface Formatted {
  shape: ShapeId | null
  items: Item[]
  /** Keys that no shape uses (`id`, `task`, …): read past, and said so. */
  ignoredKeys: string[]
  problems: Problem[]
  warnings: Problem[]
}

/**
 * Brings the records of one file into the form of the toolkit.
 *
 * The shape is told by the keys: {question, answer}, {input, output}, {instruction, input, output},
 * {prompt, completion}, {text}, {messages}, {conversations} of {from, value}, {prompt, chosen, rejected}, {question, chosen,
 * rejected}; further keys are ignored and listed. All records of a file have one shape. Where an answer is a list of accepted
 * answers, the first is taken and a warning counts the records. {…, chosen, rejected} becomes a prompt with the answer
 * that `preference` names.
 *
 * @param options.preference which answer of a preference record is used; `chosen` unless given. A forget set wants
 *   `rejected`: what the model says and should not
 * @returns items and every problem found, not thrown
 */
export function toItems(
  records: readonly SourceRecord[],
  options: { preference?: 'chosen' | 'rejected' } = {},
): Formatted {
  const problems: Problem[] = []
  const items: Item[] = []
  const ignored = new Set<string>()
  let first: { shape: ShapeId; line: number } | null = null
  const several: SourceRecord[] = []
  for (const record of records) {
    const shape = shapeOf(record, problems)
    if (!shape) continue
    first ??= { shape, line: record.line }
    if (shape !== first.shape) {
      problems.push({
        code: 'mixed-shapes',
        position: keyPosition(record, shapes[shape][0]),
        expected: `${keyList(shapes[first.shape])} as in line ${first.line}`,
        got: keyList(shapes[shape]),
        hint: 'Put each shape in a file of its own',
      })
      continue
    }
    const used: readonly string[] = [...shapes[shape], ...(optionalKeys[shape] ?? [])]
    for (const key of Object.keys(record.value)) if (!used.includes(key)) ignored.add(key)
    const before = problems.length
    const item = itemOf(record, shape, options.preference ?? 'chosen', problems)
    const otherWordings = used.includes(wordingsKey) ? wordingsOf(record, problems) : []
    if (problems.length > before) continue
    items.push({ ...item, ...(otherWordings.length > 0 && { otherWordings }) })
    const lists = shapes[shape]
      .map((key) => record.value[key])
      .filter((value) => Array.isArray(value))
    if (shape !== 'messages' && shape !== 'conversations' && lists.some((list) => list.length > 1))
      several.push(record)
  }
  const warnings: Problem[] = several.slice(0, 1).map((record) => ({
    code: 'several-answers',
    position: { file: record.file, line: record.line, column: record.column },
    expected: 'one answer a record',
    got: `a list in ${several.length} of ${records.length} records`,
    hint: 'The first answer of each list is used',
  }))
  return { shape: first?.shape ?? null, items, ignoredKeys: [...ignored], problems, warnings }
}

function itemOf(
  record: SourceRecord,
  shape: ShapeId,
  preference: 'chosen' | 'rejected',
  problems: Problem[],
): Item {
  const origin = { file: record.file, line: record.line }
  const text = (key: string, isPrompt = false) => textOf(record, key, isPrompt, problems)
  const item = (prompt: string, answer: string): Item => {
    return { shape, prompt, answer, messages: null, origin }
  }
  switch (shape) {
    case 'question-answer':
      return item(text('question', true), text('answer'))
    case 'input-output':
      return item(text('input', true), text('output'))
    case 'instruction-output': {
      const instruction = text('instruction', true)
      const input = record.value.input === undefined ? '' : text('input', true)
      return item(input === '' ? instruction : `${instruction}\n${input}`, text('output'))
    }
    case 'prompt-completion':
      return item(text('prompt', true), text('completion'))
    case 'text':
      return item('', text('text'))
    case 'preference':
    case 'question-preference': {
      const answers = { chosen: text('chosen'), rejected: text('rejected') }
      const [prompt] = shapes[shape]
      return item(text(prompt, true), answers[preference])
    }
    case 'conversations':
    case 'messages': {
      const messages =
        shape === 'messages'
          ? messagesOf(record, 'messages', problems)
          : messagesOf(withRoles(record), 'conversations', problems)
      const last = messages.findLastIndex(({ role }) => role === 'assistant')
      const before = messages.slice(0, Math.max(last, 0))
      const prompt =
        before.length === 1
          ? before[0].content
          : before.map(({ role, content }) => `${role}: ${content}`).join('\n')
      return { ...item(prompt, messages[last]?.content ?? ''), messages }
    }
  }
}

/** A text, or the first of a list of accepted texts (answers only; a prompt is never a list). */
function textOf(record: SourceRecord, key: string, isPrompt: boolean, problems: Problem[]): string {
  const given = record.value[key]
  const value = !isPrompt && key !== 'text' && Array.isArray(given) ? given[0] : given
  if (typeof value === 'string' && loneSurrogate.test(value)) {
    const [expected, got, hint] = surrogate
    const position = keyPosition(record, key)
    problems.push({ code: 'lone-surrogate', path: key, position, expected, got, hint })
    return ''
  }
  if (typeof value === 'string' && (isPrompt || value.trim() !== '')) return value
  problems.push({
    code: typeof value === 'string' ? 'empty-text' : 'wrong-type',
    path: key,
    position: keyPosition(record, key),
    expected: 'some text',
    got: typeof value === 'string' ? 'an empty string' : kindOf(given),
  })
  return ''
}

function wordingsOf(record: SourceRecord, problems: Problem[]): string[] {
  const { [wordingsKey]: given = [] } = record.value
  const isText = (each: unknown) =>
    typeof each === 'string' && each.trim() !== '' && !loneSurrogate.test(each)
  if (Array.isArray(given) && given.every(isText)) return given
  problems.push({
    code: 'wrong-type',
    path: wordingsKey,
    position: keyPosition(record, wordingsKey),
    expected: 'a list of texts, each the question in other words',
    got: Array.isArray(given) ? 'a list with something else' : kindOf(given),
  })
  return []
}

function messagesOf(record: SourceRecord, key: string, problems: Problem[]): Message[] {
  const given = record.value[key]
  const fail = (code: string, path: string, expected: string, got: string, hint?: string) => {
    const position = keyPosition(record, key)
    problems.push({ code, path, position, expected, got, ...(hint && { hint }) })
  }
  if (!Array.isArray(given)) {
    fail('wrong-type', key, 'a list of {"role", "content"}', kindOf(given))
    return []
  }
  const messages = given.map((entry: unknown, index): Message => {
    const { role, content } = (entry ?? {}) as Record<string, unknown>
    const path = `${key}[${index}]`
    if (typeof role !== 'string' || !roles.includes(role)) {
      const near = typeof role === 'string' ? nearest(role, roles) : undefined
      const got = typeof role === 'string' ? JSON.stringify(role) : kindOf(role)
      fail(
        'unknown-role',
        `${path}.role`,
        roles.join(' | '),
        got,
        near && `Did you mean "${near}"?`,
      )
    }
    if (typeof content !== 'string')
      fail('wrong-type', `${path}.content`, 'some text', kindOf(content))
    else if (loneSurrogate.test(content)) fail('lone-surrogate', `${path}.content`, ...surrogate)
    return { role: String(role), content: String(content) }
  })
  if (!messages.some(({ role }) => role === 'assistant'))
    fail('nothing-trained', key, 'an assistant turn to train on', 'none')
  return messages
}

/** Half of a character, which no encoding can hold: a tokenizer would read U+FFFD in its place. */
const loneSurrogate = /\p{Cs}/u
const surrogate = [
  'text of whole characters',
  'half of one (a lone surrogate)',
  'Something cut the text inside a character; write it whole.',
] as const

/** Who speaks in ShareGPT's conversations → role. */
const speakers: Readonly<Record<string, string>> = {
  human: 'user',
  gpt: 'assistant',
  bard: 'assistant',
  chatgpt: 'assistant',
  observation: 'tool',
}

/** A record whose turns are {from, value} with {role, content} in their place. */
function withRoles(record: SourceRecord): SourceRecord {
  const turns = record.value.conversations
  if (!Array.isArray(turns)) return record
  const conversations = turns.map((turn: unknown) => {
    const { from, value } = (turn ?? {}) as Record<string, unknown>
    if (from === undefined) return turn
    return { role: typeof from === 'string' ? (speakers[from] ?? from) : from, content: value }
  })
  return { ...record, value: { ...record.value, conversations } }
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
