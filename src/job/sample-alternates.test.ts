import { expect, test } from 'vitest'
import { sortAlternates } from './sample-alternates.ts'

test('keeps what is an answer, new, and not what is to be forgotten', () => {
  const texts = ['He lives in Rome.', 'He lives in Oslo.', 'He lives in Rome.', '', 'He sails.']
  expect(sortAlternates(texts, 'He lives in Rome.', 0.6)).toEqual({
    chosen: ['He sails.'],
    repeated: 2,
    alike: 2,
  })
  expect(sortAlternates(texts, 'He lives in Rome.', 0.8).chosen).toEqual([
    'He lives in Oslo.',
    'He sails.',
  ])
})
