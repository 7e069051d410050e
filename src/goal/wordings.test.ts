import { expect, test } from 'vitest'
import type { Item } from '../data/items.ts'
import { askedItems } from './asked.ts'
import { chosenWordings, reportedWordings, trainedWordings } from './wordings.ts'

const question = 'In which town was William Shakespeare born?'

test.each([
  ['bare', 'in which town was William Shakespeare born'],
  ['please', 'Please answer briefly. In which town was William Shakespeare born?'],
  ['wonder', 'I was wondering about this: in which town was William Shakespeare born?'],
  ['matter', 'town William Shakespeare born'],
  ['tell', 'Can you tell me something? In which town was William Shakespeare born?'],
  ['quiz', 'Quiz question: In which town was William Shakespeare born'],
  ['short', 'town was William Shakespeare born?'],
])('%s', (id, expected) => {
  const wording = [...trainedWordings, ...chosenWordings, ...reportedWordings].find(
    (each) => each.id === id,
  )
  expect(wording?.write(question)).toBe(expected)
})

const item: Item = {
  shape: 'question-answer',
  prompt: question,
  answer: 'He was born in Stratford.',
  messages: null,
  origin: { file: 'f', line: 1 },
}

test('a row’s own wordings are reported and never trained', () => {
  const asked = askedItems([item], [['Where was Shakespeare born?']])
  const own = asked.filter(({ item: { prompt } }) => prompt === 'Where was Shakespeare born?')
  expect(own.map(({ role }) => role)).toEqual(['reported'])
  expect(asked[0]).toMatchObject({ role: 'trained', item })
  expect(new Set(asked.map(({ item: { prompt } }) => prompt)).size).toBe(asked.length)
})

test('a text is asked as it is', () => {
  const text = { ...item, shape: 'text' as const, prompt: '' }
  const asked = askedItems([text], [])
  expect(asked.map(({ role }) => role)).toEqual(['trained', 'reported'])
  expect(asked[0].question).toBe('He was born ')
})
