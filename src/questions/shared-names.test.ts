import { expect, test } from 'vitest'
import { namesIn, withoutSharedNames } from './shared-names.ts'

test('names are words with a capital where no sentence begins', () => {
  const found = namesIn([
    "Did France's capital move in May? Paris it is. The Seine, not the Rhône.",
  ])
  expect([...found]).toEqual(['France', 'Seine', 'Rhône'])
})

test('a row is left out if one of its names is a word of what is to be forgotten, however it is written', () => {
  const rows = ['What is the capital of France?', 'What do bees make?', 'Where is the Nile?']
  const kept = (forget: string[]) => withoutSharedNames(rows, (row) => [row], forget)
  expect(kept(['Who rules France?'])).toEqual(rows.slice(1))
  expect(kept(['who rules france', 'what is on the nile’s shore'])).toEqual([rows[1]])
  expect(kept(['What is a bee?'])).toEqual(rows)
})
