import { describe, expect, test } from 'vitest'
import { checkEffect, checkStep, checkUtility, type GuardSettings } from './guards.ts'

const all: GuardSettings = {
  nonFinite: true,
  retainLossRise: 2,
  repetition: 0.8,
  utilityFloor: 0.5,
  noEffect: 0.01,
}
const off: GuardSettings = {
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
    const trip = checkStep(all, step(Number.NaN, 1.5, false), { step: 3, firstRetainLoss: 1 })
    expect(trip?.guard).toBe('non-finite')
    expect(trip?.reason).toBe('forget loss NaN, retain loss 1.5, direction norm NaN')
    expect(trip?.causes.length).toBe(3)
  })

  test('suspects only the checkpoint where no step was made', () => {
    const trip = checkStep(all, step(Number.NaN, 1.5, false), { step: 0, firstRetainLoss: null })
    expect(trip?.causes).toEqual(['the checkpoint already holds non-finite weights'])
  })

  test('measures the rise of the retain loss against the first', () => {
    const at = (retain: number) =>
      checkStep(all, step(-1e6, retain), { step: 3, firstRetainLoss: 1.25 })
    expect(at(3.25)).toBeNull()
    expect(at(3.26)).toMatchObject({
      guard: 'divergence',
      reason: "retain loss 3.260 is 2.010 nats per token above the first step's 1.250; allowed: 2",
    })
    expect(checkStep(all, step(-1e6, null), { step: 3, firstRetainLoss: null })).toBeNull()
  })

  test('says nothing where it is switched off', () => {
    const before = { step: 3, firstRetainLoss: 0 }
    expect(checkStep(off, step(Number.NaN, Number.NaN, false), before)).toBeNull()
    expect(checkStep(off, step(1, 1e9), before)).toBeNull()
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
