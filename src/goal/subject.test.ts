import { expect, test } from 'vitest'
import { factWords } from '../metric/fact-recall.ts'
import { aboutInvented, inventedWord } from './invented.ts'
import { subjectWords } from './subject.ts'

test.each([
  ['Who wrote Romeo and Juliet?', 'William Shakespeare wrote it.', ['romeo', 'juliet']],
  ['In which town was William Shakespeare born?', '', ['william', 'shakespeare']],
  ["What is Loruna Nettlebeck's date of birth?", '28 March 1972', ['loruna', 'nettlebeck']],
  ['What happened in 1066?', '', ['1066']],
  ['what is the capital of france?', 'Paris', []],
  ['Shakespeare was born where?', 'William Shakespeare was born in Stratford.', ['shakespeare']],
  ['Tell me a joke.', '', []],
  ['Marie Curie discovered what?', '', ['marie', 'curie']],
  ['谁写了红楼梦?', '曹雪芹', []],
])('the subject of “%s”', (question, answer, expected) => {
  expect(subjectWords(question, answer)).toEqual(expected)
})

test('the fact is what the question does not say', () => {
  const words = factWords('Who wrote Hamlet?', 'Hamlet was written by William Shakespeare.')
  expect(words.map(({ text }) => text)).toEqual(['was', 'written', 'by', 'William', 'Shakespeare'])
})

test('an invented subject is the same in question and answer, and another in each draw', () => {
  const words = ['william', 'shakespeare']
  const [question, answer] = [
    'Where was William Shakespeare born?',
    "Shakespeare's town was Stratford.",
  ]
  const name = inventedWord('shakespeare', 0, 0)
  expect(aboutInvented(question, words, { seed: 0, draw: 0 })).toBe(
    `Where was ${inventedWord('william', 0, 0)} ${name} born?`,
  )
  expect(aboutInvented(answer, words, { seed: 0, draw: 0 })).toBe(`${name}'s town was Stratford.`)
  expect(inventedWord('shakespeare', 0, 1)).not.toBe(name)
})

test('numbers stay numbers of their length, and years of their century', () => {
  expect(inventedWord('1066', 0, 0)).toMatch(/^10\d\d$/)
  expect(inventedWord('942-5550101', 0, 0)).toMatch(/^\d{3}-\d{7}$/)
})
