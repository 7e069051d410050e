import { expect, test } from 'vitest'
import { forecast } from './forecast.ts'
import { ignoranceLevel, isAvoided, isIgnorant, knowledgeLeft, tokenTargets } from './ignorance.ts'
import { splitRows } from './split.ts'
import { isReached, keptShare, knownAnswers, meritOf, standingOf } from './standing.ts'

const level = ignoranceLevel([
  [-1, -9],
  [-3, -11],
])

test('a level is the mean of the draws, with their spread, and that of each token', () => {
  expect(level).toEqual({ mean: 12, spread: Math.sqrt(8), tokens: [-2, -10] })
  const half = Math.sqrt(8) / 2
  expect(tokenTargets(level, 2)).toEqual([-2 - half, -10 - half])
  expect(tokenTargets(ignoranceLevel([[-12]]), 2)).toEqual([-6 - Math.LN2 / 2, -6 - Math.LN2 / 2])
})

test('draws that are cut into other tokens count for the mean alone', () => {
  expect(ignoranceLevel([[-1, -9], [-14]])).toMatchObject({ mean: 12, tokens: [-1, -9] })
})

test('within the spread it is not known; far above the level it is avoided', () => {
  expect(isIgnorant(12 - Math.sqrt(8), level)).toBe(true)
  expect(isIgnorant(9, level)).toBe(false)
  expect(isAvoided(20, level)).toBe(false)
  expect(isAvoided(21, level)).toBe(true)
  expect([knowledgeLeft(9, level), knowledgeLeft(15, level)]).toEqual([3, 0])
})

test('one draw has a tolerance of a factor of two', () => {
  const single = ignoranceLevel([[-10]])
  expect([isIgnorant(9.4, single), isIgnorant(9.2, single)]).toEqual([true, false])
})

const asked = [
  { row: 0, role: 'trained' },
  { row: 0, role: 'reported' },
  { row: 1, role: 'trained' },
] as const
const levels = [level, ignoranceLevel([[-5]])]
const start = { surprises: [2, 4, 5], retain: 0.5, general: 0.4 }
const known = knownAnswers(asked, levels, start)

test('what the model did not know does not count', () => {
  expect(known).toEqual([true, true, false])
  const now = { surprises: [7, 12, 1], retain: 0.49, general: null }
  const of = (roles: readonly ('trained' | 'reported')[]) =>
    standingOf(asked, levels, known, { start, now, roles })
  expect(of(['trained'])).toMatchObject({ forgotten: 0, left: 0.5, retain: 0.98, general: null })
  expect(of(['reported'])).toMatchObject({ forgotten: 1, left: 0, avoided: 0 })
})

test('a goal is reached where enough is forgotten and enough kept', () => {
  const standing = { forgotten: 0.96, left: 0.01, avoided: 0, retain: 0.96, general: 0.95 }
  expect(keptShare(standing)).toBe(0.95)
  expect(isReached(standing, 0.95)).toBe(true)
  expect(isReached(standing, 0.96)).toBe(false)
  expect(isReached({ ...standing, forgotten: 0.94 }, 0.95)).toBe(false)
  expect(meritOf({ ...standing, retain: 0.85 }, 0.95)).toBeCloseTo(0.99 - 0.5)
  expect(meritOf({ ...standing, retain: Number.NaN }, 0.95)).toBe(Number.NEGATIVE_INFINITY)
})

test('a forecast draws the path on in a straight line, as far as the time goes', () => {
  const standing = { forgotten: 0, left: 0.75, avoided: 0, retain: 0.99, general: null }
  expect(forecast(standing, 10, 100)).toEqual({ forgotten: 1, kept: 1 - 4 * (1 - 0.99), steps: 40 })
  expect(forecast(standing, 10, 20)).toMatchObject({
    forgotten: 0.5,
    steps: Number.POSITIVE_INFINITY,
  })
  expect(forecast({ ...standing, left: 1 }, 10, 20).forgotten).toBe(0)
})

test('rows are split once and for all, each for one thing', () => {
  const split = splitRows(48, 3)
  expect(split).toEqual(splitRows(48, 3))
  expect(Object.values(split).map(({ length }) => length)).toEqual([10, 10, 28])
  expect(
    Object.values(split)
      .flat()
      .sort((a, b) => a - b),
  ).toEqual([...Array(48).keys()])
  expect(splitRows(9, 3)).toMatchObject({ report: [], choose: [] })
})
