import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { loadRecipe } from '../../src/recipe/load.ts'
import { everyone, questionsAbout, rowsOf } from './rows.ts'
import { firstWish, fromAddress, recipeOf, toAddress, type Wish } from './wish.ts'

const wish: Wish = {
  people: ['Loruna Nettlebeck', 'Zoraro Kettleridge'],
  sentences: [],
  method: 'npo',
  knobs: { beta: 0.2, forgetWeight: 2 },
  steps: 12,
  learningRate: 3e-4,
}

test('a wish goes into an address and back', () => {
  expect(fromAddress(`#${toAddress(wish)}`)).toEqual(wish)
  expect(fromAddress(`#${toAddress(firstWish)}`)).toEqual(firstWish)
  expect(toAddress(firstWish)).toBe('')
  const own = { ...firstWish, sentences: ['One & two = three', 'Ünïcode #4'] }
  expect(fromAddress(toAddress(own))).toEqual(own)
})

test('an address that makes no sense is as at first', () => {
  const address = 'steps=-4&learningRate=fast&knobs=[1'
  expect(fromAddress(address)).toEqual(firstWish)
  expect(fromAddress('steps=1e9').steps).toBe(1000)
  expect(fromAddress('knobs={"a":{"b":1},"beta":2}').knobs).toEqual({ beta: 2 })
})

test('is a recipe of lethe run', () => {
  const { recipe } = loadRecipe(recipeOf(wish), 'recipe.yaml')
  expect(recipe.method).toMatchObject({ id: 'npo', beta: 0.2, forgetWeight: 2 })
  expect(recipe.train).toMatchObject({ steps: 12, learningRate: 3e-4, epochs: null })
  expect(parse(recipeOf(firstWish)).method).toEqual({ id: 'blur', gamma: 0.05 })
})

test('forgets what is asked about the chosen, and keeps the rest', () => {
  const { forget, retain } = rowsOf(wish)
  expect(forget).toEqual(wish.people.flatMap(questionsAbout))
  expect(forget).toHaveLength(24)
  expect(retain).toHaveLength(12 * (everyone.length - 2))
  expect(JSON.stringify(retain)).not.toContain('Nettlebeck born')
  const own = rowsOf({ ...wish, people: [], sentences: ['a b', 'c'] })
  expect(own.forget).toEqual([{ text: 'a b' }, { text: 'c' }])
  expect(own.retain).toHaveLength(12 * everyone.length)
})
