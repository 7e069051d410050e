import { expect, test } from 'vitest'
import type { SampleRecord } from '../record.ts'
import { rouge } from './rouge.ts'

const record = (reference: string, generated: string) =>
  ({ set: 'forget', index: 0, reference, generated }) as unknown as SampleRecord
const options = (more: object = {}) => rouge.schema.parse({ set: 'forget', ...more })

test('an answer without a word of the rule is left out, not 0; with words of any script it counts', () => {
  const chinese = record('他出生在北京', '他出生在北京')
  expect(rouge.score(chinese, options(), null)).toBe(null)
  expect(rouge.score(chinese, options({ words: 'unicode' }), null)).toBe(1)
  expect(rouge.score(record('In Paris', 'In Rome'), options(), null)).toBe(0.5)
  expect(() => rouge.value({ forget: [null, null] }, options(), null)).toThrow(RangeError)
})

test('options are those that were there before, unless words are named', () => {
  expect(options()).not.toHaveProperty('words')
})
