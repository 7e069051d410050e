import { expect, test } from 'vitest'
import { formatProblem } from '../error.ts'
import { toItems } from './items.ts'
import { parseRecords } from './parse-records.ts'

function format(rows: unknown[], options: Parameters<typeof toItems>[1] = {}) {
  const text = rows.map((row) => JSON.stringify(row)).join('\n')
  return toItems(parseRecords(new TextEncoder().encode(text), 'a.jsonl').records, options)
}
const complaints = (rows: unknown[]) => format(rows).problems.map(formatProblem)
const known =
  '{question, answer}, {input, output}, {instruction, output}, {prompt, completion}, {text}, {messages}, {conversations}, {prompt, chosen, rejected}, {question, chosen, rejected}'

test('each shape becomes a prompt and an answer', () => {
  const messages = [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Hi' },
    { role: 'assistant', content: 'Hello' },
    { role: 'user', content: 'Bye' },
  ]
  const preference = { prompt: 'P', chosen: 'C', rejected: 'R' }
  const cases: [unknown, string, string, string][] = [
    [{ question: 'Q', answer: 'A' }, 'question-answer', 'Q', 'A'],
    [{ output: 'O', input: 'I' }, 'input-output', 'I', 'O'],
    [{ instruction: 'Do', input: 'this', output: 'O' }, 'instruction-output', 'Do\nthis', 'O'],
    [{ instruction: 'Do', input: '', output: 'O' }, 'instruction-output', 'Do', 'O'],
    [{ instruction: 'Do', output: 'O' }, 'instruction-output', 'Do', 'O'],
    [{ prompt: 'P', completion: 'C' }, 'prompt-completion', 'P', 'C'],
    [
      {
        conversations: [
          { from: 'human', value: 'Hi' },
          { from: 'gpt', value: 'Hello' },
        ],
      },
      'conversations',
      'Hi',
      'Hello',
    ],
    [{ text: 'T' }, 'text', '', 'T'],
    [{ messages }, 'messages', 'system: Be brief.\nuser: Hi', 'Hello'],
    [{ messages: messages.slice(1) }, 'messages', 'Hi', 'Hello'],
    [preference, 'preference', 'P', 'C'],
    [{ question: 'Q', chosen: 'C', rejected: 'R' }, 'question-preference', 'Q', 'C'],
  ]
  for (const [row, shape, prompt, answer] of cases) {
    const { items, problems, shape: found } = format([row])
    expect(problems).toEqual([])
    expect(found).toBe(shape)
    expect(items[0]).toMatchObject({ shape, prompt, answer, origin: { file: 'a.jsonl', line: 1 } })
  }
  expect(format([preference], { preference: 'rejected' }).items[0].answer).toBe('R')
})

test('further keys are ignored and listed; of several answers the first is used, with a warning', () => {
  const { items, ignoredKeys, warnings, problems } = format([
    { id: 1, question: 'Q', answer: ['A', 'B'], option1: 'x' },
    { id: 2, question: 'Q', answer: ['C'] },
  ])
  expect(problems).toEqual([])
  expect(items.map(({ answer }) => answer)).toEqual(['A', 'C'])
  expect(ignoredKeys).toEqual(['id', 'option1'])
  expect(warnings.map(formatProblem)).toEqual([
    'a.jsonl:1:1: expected one answer a record, got a list in 1 of 2 records. The first answer of each list is used',
  ])
})

test('unknown keys name the known shapes and the nearest key, at its column', () => {
  expect(complaints([{ question: 'Q', anwser: 'A' }])).toEqual([
    `a.jsonl:1:17: expected the keys of one shape: ${known}, got {question, anwser}. Did you mean "answer" instead of "anwser"?`,
  ])
  expect(complaints([{ Text: 'Q' }])[0]).toContain('Did you mean "text" instead of "Text"?')
  expect(complaints([{ chosen: 'P', z: 'C' }])[0]).toContain(
    '{prompt, chosen, rejected} lacks "prompt" and "rejected"',
  )
  expect(complaints([{}])).toEqual([
    `a.jsonl:1:1: expected the keys of one shape: ${known}, got {}`,
  ])
})

test('a mix of shapes in a file, or in a record, is an error', () => {
  expect(complaints([{ text: 'T' }, { text: 'U' }, { question: 'Q', answer: 'A' }])).toEqual([
    'a.jsonl:3:2: expected {text} as in line 1, got {question, answer}. Put each shape in a file of its own',
  ])
  expect(complaints([{ question: 'Q', answer: 'A', text: 'T' }])).toEqual([
    'a.jsonl:1:30: expected the keys of one shape, got those of {question, answer} and {text}. Remove the keys that are not meant',
  ])
})

test('values that are no text are reported with key and position, all at once', () => {
  expect(
    complaints([
      { question: 1, answer: ' ' },
      { question: ['Q'], answer: [] },
      { question: 'Q', answer: null },
      { question: '', answer: 'A' },
    ]),
  ).toEqual([
    'a.jsonl:1:2: question: expected some text, got a number',
    'a.jsonl:1:15: answer: expected some text, got an empty string',
    'a.jsonl:2:2: question: expected some text, got a list',
    'a.jsonl:2:19: answer: expected some text, got an empty list',
    'a.jsonl:3:17: answer: expected some text, got null',
  ])
})

test('conversations need known roles, texts and an assistant turn', () => {
  expect(complaints([{ messages: 'Hi' }])).toEqual([
    'a.jsonl:1:2: messages: expected a list of {"role", "content"}, got a string',
  ])
  expect(
    complaints([{ messages: [{ role: 'asistant', content: 'x' }, { role: 'user' }, null] }]),
  ).toEqual([
    'a.jsonl:1:2: messages[0].role: expected system | user | assistant | tool, got "asistant". Did you mean "assistant"?',
    'a.jsonl:1:2: messages[1].content: expected some text, got nothing',
    'a.jsonl:1:2: messages[2].role: expected system | user | assistant | tool, got nothing',
    'a.jsonl:1:2: messages[2].content: expected some text, got nothing',
    'a.jsonl:1:2: messages: expected an assistant turn to train on, got none',
  ])
})

test('the question of Alpaca is not taken for a key that is not used', () => {
  const { ignoredKeys } = format([{ instruction: 'Do', input: 'this', output: 'O', id: 1 }])
  expect(ignoredKeys).toEqual(['id'])
})

test('half a character is a problem, not silently another', () => {
  const bytes = new TextEncoder().encode(String.raw`{"question": "a\ud83d?", "answer": "b"}`)
  const { problems } = toItems(parseRecords(bytes, 'a.jsonl').records)
  expect(problems.map(formatProblem)).toEqual([
    'a.jsonl:1:2: question: expected text of whole characters, got half of one (a lone surrogate). Something cut the text inside a character; write it whole.',
  ])
  expect(format([{ question: '🙂', answer: '🙂' }]).problems).toEqual([])
})

test('speakers of conversations that are not known are named', () => {
  const conversations = [{ from: 'alien', value: 'Hi' }]
  expect(complaints([{ conversations }])[0]).toContain(
    'conversations[0].role: expected system | user | assistant | tool, got "alien"',
  )
})

test('other wordings of a question are kept beside it, and no record needs them', () => {
  const otherWordings = ['Who was it?', 'Who?']
  const { items, ignoredKeys } = format([
    { question: 'Who is it?', answer: 'Ada', otherWordings },
    { question: 'Where is it?', answer: 'There' },
  ])
  expect(items.map((item) => item.otherWordings)).toEqual([otherWordings, undefined])
  expect(ignoredKeys).toEqual([])
  expect(
    complaints([
      { question: 'Q', answer: 'A', otherWordings: 'Who?' },
      { question: 'Q', answer: 'A', otherWordings: ['Who?', ' '] },
    ]),
  ).toEqual([
    'a.jsonl:1:30: otherWordings: expected a list of texts, each the question in other words, got a string',
    'a.jsonl:2:30: otherWordings: expected a list of texts, each the question in other words, got a list with something else',
  ])
})
