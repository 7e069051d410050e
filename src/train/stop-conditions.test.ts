import { describe, expect, test } from 'vitest'
import {
  checkEffect,
  checkRetainLosses,
  checkStep,
  checkUtility,
  type RetainLosses,
  type StopConditions,
  unsuspectedSteps,
  withRetainLoss,
} from './stop-conditions.ts'

const all: StopConditions = {
  nonFinite: true,
  retainLossRise: 2,
  repetition: 0.8,
  utilityFloor: 0.5,
  noEffect: 0.01,
}
const off: StopConditions = {
  nonFinite: false,
  retainLossRise: null,
  repetition: null,
  utilityFloor: null,
  noEffect: null,
}
const step = (forget: number | null, retain: number | null, finite = true) => ({
  finite,
  losses: { forget, retain },
  gradientNorms: { update: finite ? 1 : Number.NaN },
})

describe('checkStep', () => {
  test('says which number is not finite', () => {
    const trip = checkStep(all, step(Number.NaN, 1.5, false), 3)
    expect(trip?.guard).toBe('non-finite')
    expect(trip?.reason).toBe('forget loss NaN, retain loss 1.5, direction norm NaN')
    expect(trip?.causes.length).toBe(3)
  })

  test('suspects only the checkpoint where no step was made', () => {
    const trip = checkStep(all, step(Number.NaN, 1.5, false), 0)
    expect(trip?.causes).toEqual(['the checkpoint already holds non-finite weights'])
  })

  test('says nothing where it is switched off', () => {
    expect(checkStep(off, step(Number.NaN, Number.NaN, false), 3)).toBeNull()
  })
})

describe('checkRetainLosses', () => {
  const retainLosses = (...losses: (number | null)[]) =>
    losses.reduce<RetainLosses>(withRetainLoss, { first: null, recent: [] })
  const eight = (loss: number) => Array(8).fill(loss)

  test('measures the rise of the mean of eight steps against the first', () => {
    expect(checkRetainLosses(all, retainLosses(1.25, ...eight(3.25)))).toBeNull()
    expect(checkRetainLosses(all, retainLosses(1.25, ...eight(3.26)))).toMatchObject({
      stepsAgo: 7,
      trip: {
        guard: 'divergence',
        reason:
          "retain loss 3.260, the mean of 8 steps, is 2.010 nats per token above the first step's 1.250; allowed: 2",
      },
    })
  })

  test('is not misled by one batch of texts that are harder than the others', () => {
    expect(checkRetainLosses(all, retainLosses(2.9, ...eight(3), 9))).toBeNull()
    expect(checkRetainLosses(all, retainLosses(2.9, 9))).toBeNull()
  })

  test('says since when a loss was over what is allowed', () => {
    const rising = retainLosses(1, 1, 1, 2, 3, 4, 5, 6, 7)
    expect(rising).toEqual({ first: 1, recent: [1, 1, 2, 3, 4, 5, 6, 7] })
    expect(checkRetainLosses(all, rising)?.stepsAgo).toBe(3)
  })

  test('takes no mean of what is not a finite number, and counts its steps', () => {
    const losses = retainLosses(null, 1, Number.NaN, 1, 1, 4, 4, 4, Number.POSITIVE_INFINITY, 9)
    expect(losses).toEqual({ first: 1, recent: [null, 1, 1, 4, 4, 4, null, 9] })
    const diverged = checkRetainLosses(all, losses)
    expect([diverged?.stepsAgo, diverged?.trip.reason]).toEqual([
      7,
      expect.stringContaining('retain loss 3.833'),
    ])
    expect(checkRetainLosses(all, retainLosses(1, ...eight(Number.NaN)))).toBeNull()
    expect(checkRetainLosses(all, retainLosses(null))).toBeNull()
  })

  test('says nothing where it is switched off', () => {
    expect(checkRetainLosses(off, retainLosses(0, ...eight(1e9)))).toBeNull()
  })
})

describe('unsuspectedSteps', () => {
  const rise = { ...off, retainLossRise: 2 }
  const losing = (...losses: number[]) =>
    losses.reduce<RetainLosses>(withRetainLoss, { first: null, recent: [] })

  test('knows nothing of what the last step made, and ends where a loss was over what is allowed', () => {
    expect(unsuspectedSteps(rise, losing(1, 2, 3), 3)).toBe(2)
    // The loss of the third step is that of the weights after two.
    expect(unsuspectedSteps(rise, losing(1, 2, 3.1, 2), 4)).toBe(1)
    expect(unsuspectedSteps(rise, losing(1, Number.NaN, 1, 1, 1), 5)).toBe(0)
    expect(unsuspectedSteps({ ...rise, retainLossRise: null }, losing(1, 9), 2)).toBe(1)
    expect(unsuspectedSteps(rise, { first: null, recent: [] }, 7)).toBe(6)
  })

  test('is what a trip goes back to, however late it comes', () => {
    const losses = losing(...new Array(8).fill(1), 3.5, 1, 4, 4, 4, 4, 4)
    const trip = checkRetainLosses(rise, losses)
    expect(unsuspectedSteps(rise, losses, 15)).toBe(14 - Number(trip?.stepsAgo) - 1)
  })
})

describe('checkUtility', () => {
  const before = { retainProbability: 0.8, repetition: 0.1 }
  const now = (retainProbability: number | null, repetition: number | null = 0) =>
    checkUtility(all, before, { retainProbability, repetition })

  test('trips below the floor', () => {
    expect(now(0.4)).toBeNull()
    expect(now(0.399)).toMatchObject({
      guard: 'collapse',
      reason:
        'answer probability on the retain set fell from 0.800 to 0.399; floor: 50 % of the start = 0.400',
    })
  })

  test('trips on a probability that is not a number', () => {
    expect(now(Number.NaN)?.guard).toBe('collapse')
  })

  test('trips on repetition', () => {
    expect(now(0.8, 0.8)).toBeNull()
    expect(now(0.8, 0.81)?.reason).toBe(
      '81 % of the 4-grams in the retain answers are repeats; allowed: 80 %',
    )
  })

  test('says nothing without a retain set, without a start to compare with, or switched off', () => {
    expect(now(null, null)).toBeNull()
    const nothing = { retainProbability: null, repetition: null }
    expect(checkUtility(all, nothing, { retainProbability: Number.NaN, repetition: 0 })).toBeNull()
    expect(checkUtility(off, before, { retainProbability: 0, repetition: 1 })).toBeNull()
  })
})

describe('checkEffect', () => {
  test('trips on a change of less than its share, in either direction', () => {
    expect(checkEffect(all, 0.5, 0.4949)).toBeNull()
    expect(checkEffect(all, 0.5, 0.5051)).toBeNull()
    for (const after of [0.4951, 0.5, 0.5049])
      expect(checkEffect(all, 0.5, after)?.guard).toBe('no-effect')
    expect(checkEffect(all, 0.5, 0.4951)?.reason).toBe(
      'answer probability on the forget set went from 0.5000 to 0.4951, less than 1 % of it',
    )
  })

  test('calls a model broken whose answers have no probability any more', () => {
    expect(checkEffect(all, 0.5, null)?.guard).toBe('non-finite')
    expect(checkEffect(all, null, null)).toBeNull()
    expect(checkEffect(off, 0.5, null)).toBeNull()
    expect(checkEffect(off, 0.5, 0.5)).toBeNull()
  })
})
