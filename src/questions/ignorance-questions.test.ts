import { expect, test } from 'vitest'
import { generalAbility } from './general-ability.ts'
import { generalPrompts } from './general-prompts.ts'
import { unknowableLike, unknowableQuestions, unrelatedQuestions } from './ignorance-questions.ts'
import { type QuestionForm, questionForm } from './question-form.ts'

test.each<[string, QuestionForm]>([
  ['How many legs does a spider have?', 'number'],
  ['In which year did it end?', 'time'],
  ['When was she born?', 'time'],
  ['In which town was she born?', 'place'],
  ['Where do bears live?', 'place'],
  ['Whom did he marry?', 'person'],
  ['Who wrote "Where is it?"?', 'person'],
  ['Which play is it?', 'which'],
  ['What is a frog?', 'what'],
  ['why is it so', 'how'],
  ['Is it so?', 'yes or no'],
  ['Repeat the word.', 'other'],
])('%s asks for %s', (question, form) => {
  expect(questionForm(question)).toBe(form)
})

test('what nobody knows comes in every form, and nothing of it in any other set', () => {
  const all = unknowableQuestions()
  expect(all.length).toBeGreaterThanOrEqual(60)
  expect(new Set(all).size).toBe(all.length)
  for (const form of ['person', 'time', 'place', 'what', 'which', 'number'])
    expect(all.filter((question) => questionForm(question) === form).length).toBeGreaterThanOrEqual(
      10,
    )
})

test('general prompts are many, each once, and none is in the general-ability set', () => {
  const prompts = generalPrompts()
  expect(prompts.length).toBeGreaterThanOrEqual(100)
  expect(new Set(prompts).size).toBe(prompts.length)
  const asked = new Set(generalAbility().map(({ question }) => question))
  expect(prompts.filter((prompt) => asked.has(prompt))).toEqual([])
})

test('what is drawn has the form of the question, another subject, and depends on the seed', () => {
  const question = 'What is the capital of France?'
  const drawn = unrelatedQuestions(question, 8, 1)
  expect(new Set(drawn).size).toBe(8)
  for (const other of drawn)
    expect([questionForm(other), other]).toEqual(['what', expect.not.stringContaining('France')])
  expect(unrelatedQuestions(question, 8, 1)).toEqual(drawn)
  expect(unrelatedQuestions(question, 8, 2)).not.toEqual(drawn)
  expect(unknowableLike('How many eggs are in a dozen?', 8, 1).map(questionForm)).toEqual(
    Array(8).fill('number'),
  )
  expect(unknowableLike('Repeat the word.', 1000, 1)).toHaveLength(unknowableQuestions().length)
})

test('given questions are drawn from too', () => {
  const own = ['Who is Ada?', 'Who wrote of France?']
  const drawn = unrelatedQuestions('Who rules France?', 1000, 1, own)
  expect(drawn).toContain(own[0])
  expect(drawn).not.toContain(own[1])
})
