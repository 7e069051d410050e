import { expect, test } from 'vitest'
import { areas, generalAbility } from './general-ability.ts'
import { questionTable } from './question-table.ts'

const all = generalAbility()

test('every area has its share of a few hundred questions', () => {
  expect(all.length).toBeGreaterThanOrEqual(240)
  expect(all.length).toBeLessThanOrEqual(320)
  for (const area of areas)
    expect(all.filter((question) => question.area === area).length).toBeGreaterThanOrEqual(60)
})

test('nothing is asked twice, and no wrong answer is the right one or another', () => {
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)
  expect(new Set(all.map(({ question }) => question.toLowerCase())).size).toBe(all.length)
  for (const { answer, wrong } of all) {
    expect(new Set([answer, ...wrong]).size).toBe(1 + wrong.length)
    expect(wrong.length).toBeLessThanOrEqual(3)
  }
})

test('the words are plain', () => {
  for (const { question, answer, wrong } of all)
    for (const text of [question, answer, ...wrong]) expect(text).toMatch(/^\S+( \S+)*$/)
})

test('a line of another form is refused', () => {
  expect(() => questionTable('Who? | It is. | he | she')).toThrow('frame with {}')
  expect(() => questionTable('Who? | {} | he')).toThrow('right | wrong')
})
