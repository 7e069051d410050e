import { expect, test } from 'vitest'
import { type EvaluationFile, measuringOf, unlikeProblems } from './evaluation-file.ts'

const file = (more: Partial<EvaluationFile['identity']>): EvaluationFile => ({
  identity: {
    ...{ benchmark: 'b', declaration: 'd', model: 'm', tokenizer: 't', data: {}, templates: {} },
    ...{ limit: null, split: null, lethe: '0.1.0' },
    ...more,
  },
  ...{ modelName: 'm', truncatedTexts: 0, missingSets: [], work: null },
})
const problems = (expected: EvaluationFile, got: EvaluationFile) =>
  unlikeProblems(expected, got, 'x').map(({ expected: said, got: found }) => [said, found])

test('another version of the package measures the same, while it says so', () => {
  const old = file({})
  expect(problems(old, file({ lethe: '0.2.0', measuring: 1 }))).toEqual([])
  expect(problems(file({ lethe: '0.2.0', measuring: 1 }), old)).toEqual([])
  expect(problems(old, file({ measuring: 2 }))).toEqual([['measuring 1', '2']])
})

test('other data and other declarations are told apart', () => {
  expect(problems(file({}), file({ declaration: 'e' }))).toEqual([['declaration "d"', '"e"']])
  expect(problems(file({ data: { forget: 'a' } }), file({ data: { forget: 'b' } }))).toEqual([
    ['data of "forget" "a"', '"b"'],
  ])
})

test('only of chat prompts is the measuring another than that of 0.1.0', () => {
  const plain = { prompt: '{question}', answer: ' {answer}' }
  expect(measuringOf({ forget: plain, retain: plain })).toBe(1)
  expect(measuringOf({ forget: 'chat', retain: plain })).toBe(2)
})
