import { describe, expect, it } from 'vitest'
import { gaussian } from '../../math/random.ts'
import { conflictProjection } from './conflict-projection.ts'
import { type Gram, gramOf, zeroGram } from './gram.ts'
import { combineGradients } from './weighted-gradients.ts'

const coefficientsOf = (gram: Gram) => {
  const { state: _, ...rest } = conflictProjection.coefficients({ gram, losses: null }, {}, {})
  return rest
}

const pair = (common: number) => {
  const f = Float32Array.from({ length: 101 }, (_, i) => gaussian(3, ['forget'], i))
  return { f, r: f.map((x, i) => common * x + gaussian(3, ['retain'], i)) }
}

/** The algorithm as the paper writes it: project a copy of each gradient, then add. */
function projectAndAdd(f: Float32Array, r: Float32Array): number[] {
  const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, x, i) => sum + x * b[i], 0)
  const project = (g: Float32Array, other: Float32Array) => {
    const common = dot(g, other)
    return common < 0
      ? Array.from(g, (x, i) => x - (common / dot(other, other)) * other[i])
      : [...g]
  }
  const projected = project(r, f)
  return project(f, r).map((x, i) => x + projected[i])
}

describe('conflict-projection', () => {
  it.each([-30, -1, -0.2, 0.2, 5])('equals the algorithm in vectors (common part %d)', (common) => {
    const { f, r } = pair(common)
    const u = new Float32Array(f.length)
    combineGradients([f], [r], coefficientsOf(gramOf([f], [r])), [u])
    projectAndAdd(f, r).forEach((value, i) => {
      expect(u[i]).toBeCloseTo(value, 4)
    })
  })

  it('is the plain sum without conflict', () => {
    const { f, r } = pair(0.5)
    expect(coefficientsOf(gramOf([f], [r]))).toEqual({ forget: 1, retain: 1 })
    expect(coefficientsOf({ ...zeroGram, forgetForget: 1, retainRetain: 1 })).toEqual({
      forget: 1,
      retain: 1,
    })
  })

  it.each([-30, -1, -0.2])(
    'serves each goal by its part that is free of conflict (%d)',
    (common) => {
      const { f, r } = pair(common)
      const { forgetForget, forgetRetain, retainRetain } = gramOf([f], [r])
      const { forget: a, retain: b } = coefficientsOf(gramOf([f], [r]))
      const squaredSine = 1 - forgetRetain ** 2 / (forgetForget * retainRetain)
      expect(squaredSine).toBeGreaterThan(0)
      expect((a * forgetForget + b * forgetRetain) / forgetForget).toBeCloseTo(squaredSine, 10)
      expect((a * forgetRetain + b * retainRetain) / retainRetain).toBeCloseTo(squaredSine, 10)
    },
  )

  it('gives up where the gradients are opposite', () => {
    const u = [new Float32Array(2)]
    const [f, r] = [[Float32Array.of(1, -2)], [Float32Array.of(-3, 6)]]
    combineGradients(f, r, coefficientsOf(gramOf(f, r)), u)
    for (const value of u[0]) expect(value).toBeCloseTo(0, 12)
  })

  it('keeps the other gradient where one is zero', () => {
    expect(coefficientsOf({ ...zeroGram, retainRetain: 9 })).toEqual({ forget: 1, retain: 1 })
  })

  it('lets not-a-number through', () => {
    const { forget, retain } = coefficientsOf({
      forgetForget: 1,
      forgetRetain: Number.NaN,
      retainRetain: 1,
    })
    expect([forget, retain]).toEqual([Number.NaN, Number.NaN])
  })

  it('refuses to work without the Gram matrix', () => {
    expect(() => conflictProjection.coefficients({ gram: null, losses: null }, {}, {})).toThrow(
      'needs the Gram matrix',
    )
  })
})
