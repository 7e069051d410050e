import { expect, test } from 'vitest'
import { loadRecipe } from './load.ts'

const recipe = (retain: unknown, sets: string[] = []) =>
  loadRecipe(
    JSON.stringify({ model: 'm', forget: { path: 'f.jsonl' }, retain, method: { id: 'blur' } }),
    'r.json',
    sets,
  ).recipe.retain

test('retain: auto is short for a section with that path, from a flag too', () => {
  expect(recipe('auto')).toMatchObject({ path: 'auto', limit: null })
  expect(recipe({ path: 'auto', limit: 50 })).toMatchObject({ path: 'auto', limit: 50 })
  expect(recipe({ path: 'r.jsonl' }, ['retain=auto'])).toMatchObject({ path: 'auto' })
  expect(() => recipe('r.jsonl')).toThrow('retain: expected')
})
