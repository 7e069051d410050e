import { describe, expect, it } from 'vitest'
import { gaussian } from '../../math/random.ts'
import { type Gram, gramOf, zeroGram } from './gram.ts'
import { normalizedDifference } from './normalized-difference.ts'
import { combineGradients, directionNorm } from './weighted-gradients.ts'

const coefficientsOf = (gram: Gram) =>
  normalizedDifference.coefficients({ gram, losses: null }, {}, {})

function directionOf(f: Float32Array, r: Float32Array): number[] {
  const u = new Float32Array(f.length)
  combineGradients([f], [r], coefficientsOf(gramOf([f], [r])), [u])
  return [...u]
}

describe('normalized-difference', () => {
  it('gives the known direction for the toy gradients', () => {
    // Worked out from the formula in float64, apart from this code; .2 and .7 are inexact in f32.
    const expected = [0.3677753714, 0.241703807, -0.3818912642, 1.1547605646]
    const u = directionOf(Float32Array.of(1, -2, 0.5, 3), Float32Array.of(0.2, 1.5, -1, 0.7))
    u.forEach((value, i) => {
      expect(Math.abs(value / expected[i] - 1)).toBeLessThan(2e-7)
    })
  })

  it.each([-20, -1, 0, 1, 20])(
    'harms neither goal, with ⟨u, g_r⟩/‖g_r‖ = ⟨u, g_f⟩/‖g_f‖ = 1 + cos φ (common part %d)',
    (common) => {
      const f = Float32Array.from({ length: 101 }, (_, i) => gaussian(2, ['forget'], i))
      const r = f.map((x, i) => common * x + gaussian(2, ['retain'], i))
      const gram = gramOf([f], [r])
      const { forget: a, retain: b } = coefficientsOf(gram)
      const norms = { f: Math.sqrt(gram.forgetForget), r: Math.sqrt(gram.retainRetain) }
      const cosine = gram.forgetRetain / (norms.f * norms.r)
      expect(1 + cosine).toBeGreaterThan(0)
      const alongForget = a * gram.forgetForget + b * gram.forgetRetain
      const alongRetain = a * gram.forgetRetain + b * gram.retainRetain
      expect(alongForget / norms.f).toBeCloseTo(1 + cosine, 7)
      expect(alongRetain / norms.r).toBeCloseTo(1 + cosine, 7)
      expect(directionNorm(gram, { forget: a, retain: b })).toBeLessThanOrEqual(2)
    },
  )

  it('does not see the sizes of the losses', () => {
    const f = Float32Array.of(1, -2, 0.5)
    const r = Float32Array.of(3, 1, 1)
    const grown = directionOf(
      f.map((x) => 1024 * x),
      r.map((x) => x / 8),
    )
    directionOf(f, r).forEach((value, i) => {
      expect(grown[i]).toBeCloseTo(value, 6)
    })
  })

  it('leaves out a gradient that is zero', () => {
    expect(directionOf(Float32Array.of(0, 0), Float32Array.of(3, 4))).toEqual(
      [0.6, 0.8].map(Math.fround),
    )
    expect(directionNorm(zeroGram, coefficientsOf(zeroGram))).toBe(0)
  })

  it('lets not-a-number through', () => {
    expect(coefficientsOf({ ...zeroGram, forgetForget: Number.NaN }).forget).toBeNaN()
    expect(coefficientsOf({ ...zeroGram, retainRetain: Number.NaN }).retain).toBeNaN()
  })

  it('refuses to work without the Gram matrix', () => {
    expect(() => normalizedDifference.coefficients({ gram: null, losses: null }, {}, {})).toThrow(
      'needs the Gram matrix',
    )
  })
})
