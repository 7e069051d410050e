import { describe, expect, test } from 'vitest'
import { gaussian } from '../math/random.ts'
import { bootstrapInterval } from './bootstrap.ts'

describe('bootstrapInterval', () => {
  test('constant scores have no spread', () => {
    expect(bootstrapInterval([0.25, 0.25, 0.25], { seed: 1 })).toEqual([0.25, 0.25])
    expect(bootstrapInterval([3], { seed: 1 })).toEqual([3, 3])
  })

  test('two scores: the means are 0, ½, 1 with probability ¼, ½, ¼', () => {
    expect(bootstrapInterval([0, 1], { seed: 1 })).toEqual([0, 1])
  })

  test('many normal scores: mean ± 1.96 standard errors', () => {
    const scores = Array.from({ length: 400 }, (_, i) => 2 + 0.5 * gaussian(7, ['test'], i))
    const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length
    const variance = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / scores.length
    const half = 1.96 * Math.sqrt(variance / scores.length)
    const [low, high] = bootstrapInterval(scores, { seed: 3, resamples: 4000 })
    expect(Math.abs(low - (mean - half))).toBeLessThan(0.08 * half)
    expect(Math.abs(high - (mean + half))).toBeLessThan(0.08 * half)
  })

  test('contains the true mean in about 95 % of samples', () => {
    let covered = 0
    for (let sample = 0; sample < 200; sample++) {
      const scores = Array.from({ length: 60 }, (_, i) => gaussian(11, ['sample', sample], i))
      const [low, high] = bootstrapInterval(scores, { seed: sample, resamples: 400 })
      if (low <= 0 && 0 <= high) covered += 1
    }
    // 0.95 · 200 = 190, standard deviation about 3.
    expect(covered).toBeGreaterThanOrEqual(180)
    expect(covered).toBeLessThanOrEqual(199)
  })

  test('is a function of the seed', () => {
    const scores = [1, 4, 2, 8, 5, 7]
    expect(bootstrapInterval(scores, { seed: 5 })).toEqual(bootstrapInterval(scores, { seed: 5 }))
    expect(bootstrapInterval(scores, { seed: 5, resamples: 50 })).not.toEqual(
      bootstrapInterval(scores, { seed: 6, resamples: 50 }),
    )
  })

  test('NaN stays visible, nothing is refused', () => {
    expect(bootstrapInterval([1, Number.NaN, 2], { seed: 0 })).toEqual([Number.NaN, Number.NaN])
    expect(() => bootstrapInterval([], { seed: 0 })).toThrow('at least one score, got 0')
  })
})
