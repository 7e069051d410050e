import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { loadQuestions } from './questions.ts'

const folder = mkdtempSync(join(tmpdir(), 'lethe-questions-'))
afterAll(() => rmSync(folder, { recursive: true }))

function file(...records: object[]): string {
  const path = join(folder, 'questions.jsonl')
  writeFileSync(path, records.map((record) => `${JSON.stringify(record)}\n`).join(''))
  return path
}

test('a question of any shape, with its own answer', async () => {
  const user = (content: string) => ({ role: 'user', content })
  expect(await loadQuestions(file({ question: 'Who?', answer: 'Ada', id: 7 }))).toEqual([
    { question: 'Who?', messages: [user('Who?')], answer: 'Ada' },
  ])
  expect(await loadQuestions(file({ prompt: 'Who?', chosen: 'Ada', rejected: 'Bob' }))).toEqual([
    { question: 'Who?', messages: [user('Who?')], answer: 'Ada' },
  ])
  const asked = [{ role: 'system', content: 'Be brief.' }, user('Who?')]
  expect(
    await loadQuestions(file({ messages: [...asked, { role: 'assistant', content: 'Ada' }] })),
  ).toEqual([{ question: 'system: Be brief.\nuser: Who?', messages: asked, answer: 'Ada' }])
})

test('questions alone have no answer', async () => {
  expect(await loadQuestions(file({ question: 'Who?' }, { question: 'When?' }))).toMatchObject([
    { question: 'Who?', answer: null },
    { question: 'When?', answer: null },
  ])
})

test('what is no question is refused, with its place', async () => {
  await expect(loadQuestions(file({ text: 'Ada was' }))).rejects.toThrow(
    /questions\.jsonl:1:1: expected records with a question, got \{text\}/,
  )
  await expect(loadQuestions(file({ question: 7 }))).rejects.toThrow(
    /questions\.jsonl:1:2: question: expected some text, got a number/,
  )
  await expect(
    loadQuestions(file({ question: 'Who?' }, { question: 'When?', answer: '1815' })),
  ).rejects.toThrow(/questions\.jsonl:1:2: .*lacks "answer"/)
  await expect(loadQuestions(join(folder, 'question.jsonl'))).rejects.toThrow(
    /no such file. Did you mean "questions.jsonl"/,
  )
})
