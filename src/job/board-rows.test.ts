import { expect, test } from 'vitest'
import { loadRecipe } from '../recipe/load.ts'
import { stageSettings } from './board-row.ts'
import { baseRecipe } from './board-rows.ts'

const template = { prompt: '{question}', answer: ' {answer}' }
const training = { forget: '/d/forget.jsonl', retain: '/d/retain.jsonl', template }

test('a board trains on questions as its benchmark writes them, with a method and with stages', () => {
  const base = baseRecipe('/m', training, '/w')
  const sets = stageSettings(
    {
      method: 'recipes/stages.yaml',
      seed: 2,
      runs: 'runs',
      recipe: 'recipe.yaml',
      model: '/m',
      training,
      sets: [],
      plugins: [],
      settings: [],
    },
    '/w',
  ).filter((set) => typeof set === 'string' || !set.path.startsWith('edit.'))
  const plain = baseRecipe('/m', { ...training, template: null }, '/w')
  expect(plain).not.toContain('template')
  for (const text of [loadRecipe(base, 'recipe.yaml'), loadRecipe(plain, 'recipe.yaml', sets)]) {
    expect(text.recipe.forget.template).toEqual(template)
    expect(text.recipe.retain?.template).toEqual(template)
  }
})
