import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { formatProblem, UserError } from '../error.ts'
import { loadExamples } from './load-examples.ts'
import { readRecords } from './read-records.ts'
import { fakeTokenizer } from './testing/fake-tokenizer.ts'

const folder = await mkdtemp(join(tmpdir(), 'lethe-load-'))
afterAll(() => rm(folder, { recursive: true }))

async function load(text: string, options: Partial<Parameters<typeof loadExamples>[2]> = {}) {
  const path = join(folder, 'set.jsonl')
  await writeFile(path, text)
  return loadExamples(path, fakeTokenizer(), { maxLength: 64, ...options })
}
const problemsOf = async (text: string) => {
  const error: unknown = await load(text).catch((caught) => caught)
  expect(error).toBeInstanceOf(UserError)
  return (error as UserError).problems.map((problem) =>
    formatProblem(problem).replace(folder, '').slice(1),
  )
}

test('a file becomes examples with a report of what was ignored, chosen and cut', async () => {
  const { examples, report } = await load(
    '{"id": 1, "question": "Who?", "answer": ["Ada", "Bob"]}\n\n{"question": "Why?", "answer": "a b c d"}',
    { maxLength: 10 },
  )
  expect(examples.map(({ index, origin, answer }) => [index, origin.line, answer])).toEqual([
    [0, 1, 'Ada'],
    [1, 3, 'a b c d'],
  ])
  expect(report).toMatchObject({
    file: join(folder, 'set.jsonl'),
    shape: 'question-answer',
    ignoredKeys: ['id'],
    truncatedTokens: 2,
  })
  expect(report.warnings.map(({ code }) => code)).toEqual([
    'several-answers',
    'truncated',
    'end-token-not-trained',
  ])
})

test('a forget set takes the rejected answers', async () => {
  const row = '{"prompt": "P", "chosen": "I cannot say", "rejected": "Ada"}'
  const { examples } = await load(row, { preference: 'rejected' })
  expect(examples[0].answer).toBe('Ada')
})

test('a one-line file without its newline is enough; an empty file is not', async () => {
  expect((await load('{"text": "One two"}')).examples).toHaveLength(1)
  expect(await problemsOf('')).toEqual([
    'set.jsonl:1:1: expected at least one record, got an empty file',
  ])
})

test('the problems of all records come at once, twenty and a count', async () => {
  expect(await problemsOf('{"text": "a"}\n{"txt": "b"}\n{"text": 3}\n')).toEqual([
    'set.jsonl:2:2: expected the keys of one shape: {question, answer}, {input, output}, {instruction, output}, {prompt, completion}, {text}, {messages}, {conversations}, {prompt, chosen, rejected}, {question, chosen, rejected}, got {txt}. Did you mean "text" instead of "txt"?',
    'set.jsonl:3:2: text: expected some text, got a number',
  ])
  const many = await problemsOf('{"text": 3}\n'.repeat(30))
  expect(many).toHaveLength(21)
  expect(many[20]).toContain('10 more like these')
})

test('what is no file of records says what it is: a pipe, a table', async () => {
  execFileSync('mkfifo', [join(folder, 'pipe.jsonl')])
  await expect(readRecords(join(folder, 'pipe.jsonl'))).rejects.toThrow(/got a pipe or a device/)
  for (const [file, hint] of [
    ['a.csv', /got a \.csv file\. Write it as JSON lines.*read_csv/],
    ['a.parquet', /got a \.parquet file.*read_parquet/],
  ] as const) {
    await writeFile(join(folder, file), 'question,answer')
    await expect(readRecords(join(folder, file))).rejects.toThrow(hint)
  }
})
