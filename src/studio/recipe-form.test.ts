import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { loadRecipe } from '../recipe/load.ts'
import { recipeForm, recipeText } from './recipe-form.ts'

const needed = { model: 'm', 'forget.path': 'f.jsonl', 'retain.path': 'r.jsonl' }

test('asks for every key of the schema, and for the knobs of the method alone', () => {
  const names = (method: string) =>
    recipeForm(method).flatMap(({ fields }) => fields.map(({ name }) => name))
  expect(names('npo')).toEqual(
    expect.arrayContaining(['model', 'output', 'forget.path', 'train.optimizer', 'method.beta']),
  )
  expect(names('ga')).not.toContain('method.beta')
  expect(recipeForm('npo').map(({ title }) => title)).toContain('evaluate')
})

test('writes what is filled in and is not the default, with its type', () => {
  const form = recipeForm('blur')
  const values = {
    ...needed,
    'method.id': 'blur',
    'method.gamma': '0.05',
    'train.epochs': '3',
    'train.learningRate': '1e-5',
    'train.optimizer': '{ id: adamw, beta2: 0.98 }',
    'train.steps': '',
    unknown: 'x',
  }
  const text = recipeText(form, values)
  expect(parse(text)).toEqual({
    model: 'm',
    forget: { path: 'f.jsonl' },
    retain: { path: 'r.jsonl' },
    method: { id: 'blur', gamma: 0.05 },
    train: { epochs: 3, optimizer: { id: 'adamw', beta2: 0.98 } },
  })
  expect(loadRecipe(text, 'x.yaml').recipe.train.optimizer).toMatchObject({ beta2: 0.98 })
})

test('what is no YAML stays text, for the recipe’s own errors', () => {
  const text = recipeText(recipeForm('blur'), { ...needed, model: '[a: {' })
  expect(parse(text).model).toBe('[a: {')
})
