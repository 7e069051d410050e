import { expect, test } from 'vitest'
import {
  gradientNormAttack,
  memorisationScore,
  museAnswer,
  museOverlap,
  openUnlearningAggregate,
  privacyScore,
  referenceAttack,
  utilityScore,
  zlibAttack,
} from './index.ts'

test('the published aggregates follow from their published parts, to their rounding', () => {
  // arXiv:2506.12618, method comparison: aggregate / memorisation / privacy / utility
  for (const [aggregate, memorisation, privacy, utility] of [
    [0.58, 0.31, 1.0, 0.99],
    [0.53, 0.32, 0.63, 1.0],
    [0.52, 0.47, 0.5, 0.61],
    [0.42, 0.27, 0.48, 0.78],
    [0.15, 0.63, 0.06, 0.95],
    [0.15, 0.52, 0.06, 0.99],
  ])
    expect(
      Math.abs(openUnlearningAggregate({ memorisation, privacy, utility }) - aggregate),
    ).toBeLessThan(0.016)
})

test('the parts of the composite', () => {
  const parts = {
    extractionStrength: 0.5,
    exactMemorisation: 0.5,
    paraphraseProbability: 0.5,
    truthRatio: 0.5,
  }
  expect(memorisationScore(parts)).toBe(0.5)
  expect(memorisationScore({ ...parts, truthRatio: 1 })).toBe(0)
  const attacks = [
    { auc: 0.5, referenceAuc: 0.5 },
    { auc: 0.75, referenceAuc: 0.5 },
  ]
  expect(privacyScore(attacks)).toBeCloseTo(2 / (1 + 2), 12)
  expect(
    utilityScore({ modelUtility: 0.3, originalModelUtility: 0.6, fluency: 1, originalFluency: 1 }),
  ).toBeCloseTo(2 / 3, 12)
})

test('attacks that need another model, or gradients', () => {
  const text = { text: 'a', logProbs: [-1, -3] }
  expect(referenceAttack(text, { text: 'a', logProbs: [-1, -1] })).toBe(1)
  expect(zlibAttack(text)).toBe(2 / 9)
  expect(gradientNormAttack([3, 5])).toBe(4)
})

test('MUSE reads an answer up to its stops, and does not stem', () => {
  expect(museAnswer(' Ada\n\nQuestion: who?')).toBe('Ada')
  expect(museAnswer('Ada Question: who?')).toBe('Ada')
  expect(museAnswer('Ada\nQuestionable')).toBe('Ada')
  expect(museOverlap('testing', 'tests')).toBe(0)
  expect(museOverlap('testing', 'tests', { stem: true })).toBe(1)
})
