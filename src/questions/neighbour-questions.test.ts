import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type AskedRow, neighbourQuestions, subjectKindOf } from './neighbour-questions.ts'
import { namesIn } from './shared-names.ts'
import { subjectKinds } from './subject-kinds.ts'

function rowsOf(path: string): AskedRow[] {
  const text = readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
}

test.each([
  ['examples/takedowns/writer/forget.jsonl', 'writer', 'Shakespeare'],
  ['examples/takedowns/country/forget.jsonl', 'country', 'Japan'],
  ['examples/takedowns/films/forget.jsonl', 'film', 'Star Wars'],
  ['assets/demo/forget.jsonl', 'person', 'Nettlebeck'],
])('%s is about a %s', (path, kind, subject) => {
  const rows = rowsOf(path)
  const { kind: found, questions } = neighbourQuestions(rows, 64, 0)

  expect(found).toBe(kind)
  expect(questions).toHaveLength(64)
  expect(new Set(questions).size).toBe(64)
  for (const question of questions) expect(question).not.toMatch(new RegExp(`${subject}|\\{\\}`))
  expect(neighbourQuestions(rows, 64, 0).questions).toEqual(questions)
  expect(neighbourQuestions(rows, 64, 1).questions).not.toEqual(questions)
})

test('forms are those of the rows, without their subject', () => {
  const rows = [
    { question: 'In which year was Ada Byron born?', answer: 'Ada Byron was born in 1815.' },
    { question: 'How tall was Ada Byron’s horse?', answer: 'Her horse was tall.' },
    { question: 'Did Ada Byron meet Mary Somerville?', answer: 'She did.' },
    { question: 'Who wrote the book "Notes"?', answer: 'Ada Byron wrote it.' },
  ]
  const { questions } = neighbourQuestions(rows, 24, 0)
  const begun = (text: string) => questions.filter((question) => question.startsWith(text)).length
  expect(begun('How tall was ')).toBeGreaterThan(2)
  expect(begun('Who wrote the book "')).toBeGreaterThan(2)
  expect(questions.some((question) => question.startsWith('Did '))).toBe(false)
})

test('what is of no kind has no neighbours', () => {
  expect(subjectKindOf([{ question: 'How so?', answer: 'Because.' }])).toBeNull()
  expect(subjectKindOf([])).toBeNull()
})

test('every kind has enough to ask about, each once, and each is seen as a name unless it is an animal', () => {
  for (const { id, subjects, works, questions, words } of subjectKinds) {
    expect(subjects.length).toBeGreaterThanOrEqual(20)
    expect(works.length).toBeGreaterThanOrEqual(15)
    for (const all of [subjects, works, questions, words])
      expect(new Set(all).size).toBe(all.length)
    for (const question of questions) expect(question.split('{}')).toHaveLength(2)
    if (id !== 'animal')
      for (const subject of subjects)
        expect([subject, namesIn([`of ${subject}`]).size]).not.toContain(0)
  }
})
