import { expect, test } from 'vitest'
import { filterRows, type SampleRow } from './sample-rows.ts'

const row = (given: Partial<SampleRow>): SampleRow => ({
  set: 'forget',
  index: 0,
  prompt: 'Who?',
  answer: 'Styx',
  before: 'Styx',
  after: 'Acheron',
  beside: null,
  ...given,
})
const rows = [
  row({}),
  row({ index: 1, after: 'Styx' }),
  row({ set: 'retain', prompt: 'Where is Lethe?', beside: 'By the Hades' }),
]
const all = { set: '', change: '', q: '' } as const

test('filters by set, by change, and by words of any column', () => {
  expect(filterRows(rows, all)).toEqual(rows)
  expect(filterRows(rows, { ...all, set: 'retain' })).toEqual([rows[2]])
  expect(filterRows(rows, { ...all, change: 'same' })).toEqual([rows[1]])
  expect(filterRows(rows, { ...all, change: 'changed' })).toEqual([rows[0], rows[2]])
  expect(filterRows(rows, { ...all, q: 'HADES lethe' })).toEqual([rows[2]])
  expect(filterRows(rows, { ...all, q: 'acheron', change: 'same' })).toEqual([])
})
