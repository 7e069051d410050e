import { expect, test } from 'vitest'
import { forecast } from './forecast.ts'
import {
  depthOf,
  ignoranceLevel,
  isAvoided,
  isIgnorant,
  knowledgeLeft,
  tokenTargets,
} from './ignorance.ts'
import { isUnsaid, sampledPlaces, sampledRecall } from './recall.ts'
import { splitRows } from './split.ts'
import { isReached, keptShare, knownAnswers, meritOf, standingOf } from './standing.ts'
import { firstCourse, steer } from './steer.ts'

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

test('a row goes deeper by half of what its other wordings lack, as far as is allowed, and back', () => {
  const single = ignoranceLevel([[-10]])
  expect(depthOf(0, 1, single)).toBe(0.5)
  expect(depthOf(2, 9, single)).toBeCloseTo(Math.log(10))
  expect(depthOf(3, 9, level)).toBeCloseTo(2 * Math.sqrt(8))
  expect(depthOf(2, 0, single)).toBe(1)
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
const start = { surprises: [2, 4, 5], retain: [0.5, 0.3], general: [0.4] }
const known = knownAnswers(asked, levels, start)

test('what the model did not know does not count', () => {
  expect(known).toEqual([true, true, false])
  const now = { surprises: [7, 12, 1], retain: [0.48, 0.31], general: null }
  const of = (roles: readonly ('trained' | 'reported')[]) =>
    standingOf(asked, levels, known, { start, now, roles })
  expect(of(['trained'])).toMatchObject({
    forgotten: 0,
    left: 0.5,
    retain: 0.79 / 0.8,
    general: null,
  })
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
  const within = (available: number) => ({ available, isSteered: false })
  expect(forecast(standing, 10, within(100))).toEqual({
    forgotten: 1,
    kept: 1 - 4 * (1 - 0.99),
    steps: 40,
  })
  expect(forecast(standing, 10, within(20))).toMatchObject({
    forgotten: 0.5,
    steps: Number.POSITIVE_INFINITY,
  })
  expect(forecast({ ...standing, left: 1 }, 10, within(20)).forgotten).toBe(0)
  expect(forecast(standing, 10, { available: 100, isSteered: true }).kept).toBe(0.99)
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

test('the share that forgets grows fast at first, slowly above what cost too much, and never so low that it comes back', () => {
  const at = (retain: number) => ({ forgotten: 0, left: 1, avoided: 0, retain, general: null })
  const course = { share: 0.5, ceiling: 0.5, rateFactor: 1 }
  const next = (from: typeof course, was: number, is: number) =>
    steer(from, { before: at(was), now: at(is), keep: 0.95 })
  expect(firstCourse({ share: 0.25 })).toEqual({ share: 0.25, ceiling: 0.5, rateFactor: 1 })
  expect(next({ ...course, share: 0.3 }, 1, 1).share).toBeCloseTo(0.45)
  expect(next(course, 1, 1).share).toBeCloseTo(0.6)
  // Too much was lost: half of it, and slowly from there.
  expect(next(course, 1, 0.94)).toMatchObject({ share: 0.25, ceiling: 0.25 })
  // It is losing, or near what must stay: no more than now.
  expect(next({ ...course, ceiling: 2 }, 1, 0.98)).toMatchObject({ share: 0.5, ceiling: 0.5 })
  expect(next({ ...course, ceiling: 2 }, 0.953, 0.953)).toMatchObject({ share: 0.5, ceiling: 0.5 })
  expect(next({ ...course, share: 1 / 32 }, 1, 0.5).share).toBe(1 / 32)
  const rate = (from: number, was: number, left: number) =>
    steer(
      { ...course, rateFactor: from },
      { before: { ...at(1), left: was }, now: { ...at(1), left }, keep: 0.95 },
    ).rateFactor
  // Shorter steps near the level, and after something had come back.
  expect(rate(1, 0.2, 0.1)).toBe(0.5)
  expect(rate(1, 0.4, 0.41)).toBe(1)
  expect(rate(1, 0.4, 0.5)).toBeCloseTo(0.6)
  expect(rate(0.6, 0.5, 0.4)).toBeCloseTo(0.72)
  expect(rate(0.12, 0.4, 0.5)).toBe(0.1)
})

test('what drawn answers say is held against what they say about invented subjects', () => {
  const sampled = sampledRecall([
    { before: { said: 1, chance: 0 }, after: { said: 0.2, chance: 0.2 } },
    { before: { said: 0.8, chance: 0.2 }, after: { said: 0.4, chance: 0.4 } },
  ])
  expect(sampled.before).toEqual({ said: 0.9, chance: 0.1 })
  expect(sampled.after.said).toBeCloseTo(0.3)
  expect(sampled.error).toBe(0)
  expect(isUnsaid(sampled, 0.95)).toBe(true)
  const after = (said: number) => ({ ...sampled, after: { said, chance: 0.1 }, error: 0.05 })
  expect([isUnsaid(after(0.3), 0.95), isUnsaid(after(0.2), 0.95)]).toEqual([false, true])
})

test('answers are drawn for rows that were known, in wordings that did not train, in turns', () => {
  const rows = Array.from({ length: 40 }, (_, row) => row)
  const asked = rows.flatMap((row) =>
    (['trained', 'reported', 'reported'] as const).map((role) => ({ row, role })),
  )
  const known = asked.map(({ row }) => row !== 7)
  const places = sampledPlaces(asked, known, 0)
  expect(places).toHaveLength(39 * 2)
  expect(places.slice(0, 4)).toEqual([1, 2, 4, 5])
  expect(places.some((place) => asked[place].row === 7 || asked[place].role === 'trained')).toBe(
    false,
  )
  expect(
    sampledPlaces(
      asked,
      known.map(() => false),
      0,
    ),
  ).toEqual([])
  const many = Array.from({ length: 100 }, (_, row) => ({ row, role: 'reported' as const }))
  expect(
    sampledPlaces(
      many,
      many.map(() => true),
      3,
    ),
  ).toHaveLength(64)
})
