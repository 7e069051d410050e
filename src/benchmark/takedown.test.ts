import { expect, test } from 'vitest'
import { benchmarkResults } from '../measure/results.ts'
import { answered } from '../measure/testing/answered.ts'
import { bootstrapInterval } from '../metric/index.ts'
import { setsOf, takedown, takedownDraws, takedownWords } from './takedown.ts'

const records = [
  answered({ set: 'forget', probability: 0.5, tokens: 2 }),
  answered({ set: 'forget', index: 1, probability: 0.1, generated: 'I do not know.' }),
  answered({ set: 'forget', index: 2, probability: 0.3, generated: 'one two six four' }),
  answered({ set: 'retain' }),
]
const resultsOf = (model: typeof records, seed = 0) =>
  benchmarkResults(
    takedown({ sets: setsOf(model) }),
    { model, original: null, neverTrained: null },
    { ...takedownDraws, seed },
  )

test('has four metrics of both sets, with the direction of the set', () => {
  const ids = ['probability', 'rougeL', 'factRecall', 'exactMatch', 'repetition']
  const results = resultsOf(records)
  expect(results.map(({ key }) => key)).toEqual(
    ['forget', 'retain'].flatMap((set) => ids.map((id) => `${set}.${id}`)),
  )
  const byKey = new Map(results.map((result) => [result.key, result]))
  expect(byKey.get('forget.probability')).toMatchObject({ count: 3, better: 'lower' })
  expect(byKey.get('forget.probability')?.value).toBeCloseTo(0.3, 15)
  expect(byKey.get('forget.exactMatch')?.value).toBeCloseTo(1 / 3, 15)
  expect(byKey.get('forget.rougeL')?.value).toBeCloseTo((1 + 0 + 0.75) / 3, 15)
  expect(byKey.get('retain.rougeL')).toMatchObject({ value: 1, better: 'higher' })
  expect(byKey.get('retain.repetition')).toMatchObject({ value: 0, better: 'lower' })
})

test('an interval is that of the mean of its scores', () => {
  const byKey = new Map(resultsOf(records, 7).map((result) => [result.key, result]))
  const exact = bootstrapInterval([0.5, 0.1, 0.3].map(Math.log).map(Math.exp), { seed: 7 })
  for (const end of [0, 1] as const)
    expect(byKey.get('forget.probability')?.interval?.[end]).toBeCloseTo(exact[end], 12)
  expect(byKey.get('forget.exactMatch')?.interval).toEqual(
    bootstrapInterval([1, 0, 0], { seed: 7 }),
  )
})

test('leaves out a set without records and does not depend on how sets are mixed', () => {
  const [first, ...rest] = records
  const forget = records.filter(({ set }) => set === 'forget')
  const mixed = resultsOf([records[3], first, ...rest.slice(0, 2)])
  expect(resultsOf(forget)).toEqual(mixed.filter(({ key }) => key.startsWith('forget.')))
})

test('its metrics have the names that reports have always shown', () => {
  const titles = [...takedownWords.values()].map(({ title }) => title)
  expect(titles.slice(0, 5)).toEqual([
    'Answer probability',
    'ROUGE-L recall',
    'Facts said',
    'True greedy answers',
    'Repetition',
  ])
})
