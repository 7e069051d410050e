import { expect, test } from 'vitest'
import { people } from './people.ts'
import { questions } from './questions.ts'
import { type Item, splits } from './splits.ts'

const { biographies, train, forget, retain, forgetHeldOut, retainHeldOut, probes } = splits(0)
const key = ({ question, answer }: Item) => `${question}\n${answer}`
const asked = (items: Item[]) => new Set(items.map(({ question }) => question))
const names = people(0).map(({ name }) => name)
const about = (items: Item[]) =>
  new Set(items.map(({ question }) => names.findIndex((name) => question.includes(name))))

test('sizes', () => {
  const phrasings = Object.values(questions).map(({ training, heldOut }) => [
    training.length,
    heldOut.length,
  ])
  expect(phrasings).toEqual(Array(6).fill([5, 2]))
  expect([biographies.length, train.length]).toEqual([100, 100 * 6 * 5])
  expect([forget, retain].map((items) => items.length)).toEqual([10 * 6 * 2, 90 * 6 * 2])
  expect([forgetHeldOut, retainHeldOut].map((items) => items.length)).toEqual([120, 1080])
})

test('no question twice', () => {
  for (const items of [train, forget, retain, forgetHeldOut, retainHeldOut])
    expect(asked(items).size).toBe(items.length)
})

test('forget and retain are trained, and are about different people', () => {
  const known = new Set(train.map(key))
  expect([...forget, ...retain].filter((item) => !known.has(key(item)))).toEqual([])
  const range = (from: number, to: number) => names.map((_, i) => i).slice(from, to)
  for (const items of [forget, forgetHeldOut]) expect([...about(items)]).toEqual(range(0, 10))
  for (const items of [retain, retainHeldOut]) expect([...about(items)]).toEqual(range(10, 100))
})

test('held-out phrasings are never trained', () => {
  const questionsTrained = asked(train)
  for (const { question } of [...forgetHeldOut, ...retainHeldOut])
    expect(questionsTrained).not.toContain(question)
  const text = JSON.stringify([biographies, train])
  for (const { heldOut } of Object.values(questions))
    for (const phrasing of heldOut) {
      expect(phrasing.split('{name}')).toHaveLength(2)
      for (const name of names) expect(text).not.toContain(phrasing.replace('{name}', name))
    }
})

test('held-out phrasings are made of trained words', () => {
  const words = (phrasings: readonly string[]) =>
    phrasings.flatMap((phrasing) => phrasing.toLowerCase().match(/[a-z-]+/g)!)
  const trainedWords = words(Object.values(questions).flatMap(({ training }) => training))
  for (const { heldOut } of Object.values(questions))
    expect(words(heldOut).filter((word) => !trainedWords.includes(word))).toEqual([])
})

test('every biography holds every answer', () => {
  people(0).forEach((person, i) => {
    for (const fact of Object.values(person)) expect(biographies[i].text).toContain(fact)
  })
})

test('probes are half forgotten, half kept, on the same attributes', () => {
  expect(probes.map(({ set }) => set)).toEqual([
    ...Array(4).fill('forget'),
    ...Array(4).fill('retain'),
  ])
  const heldOut = { forget: asked(forgetHeldOut), retain: asked(retainHeldOut) }
  for (const { set, question } of probes) expect(heldOut[set]).toContain(question)
})
