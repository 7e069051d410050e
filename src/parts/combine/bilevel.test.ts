import { describe, expect, it } from 'vitest'
import { gaussian } from '../../math/random.ts'
import { bilevel } from './bilevel.ts'
import { type Gram, gramOf } from './gram.ts'
import { combineGradients } from './weighted-gradients.ts'

// Expected directions were worked out from the formula in float64, apart from this code; .2 and .7 are inexact in f32.
const forget = [Float32Array.of(1, -2), Float32Array.of(0.5, 3)]
const retain = [Float32Array.of(0.2, 1.5), Float32Array.of(-1, 0.7)]

function coefficientsOf(gram: Gram, gamma: number) {
  const knobs = bilevel.schema.parse({ gamma })
  const { state: _, ...coefficients } = bilevel.coefficients({ gram, losses: null }, knobs, {})
  return coefficients
}

function directionOf(f: Float32Array[], r: Float32Array[], gamma: number): number[] {
  const direction = f.map((tensor) => new Float32Array(tensor.length))
  combineGradients(f, r, coefficientsOf(gramOf(f, r), gamma), direction)
  return direction.flatMap((tensor) => [...tensor])
}

const flat = (tensors: Float32Array[]) => tensors.flatMap((tensor) => [...tensor])
const dot = (a: number[], b: number[]) => a.reduce((sum, x, i) => sum + x * b[i], 0)

function expectClose(got: number[], expected: number[], relative: number) {
  got.forEach((value, i) => {
    expect(Math.abs(value / expected[i] - 1)).toBeLessThan(relative)
  })
}

describe('bilevel', () => {
  it('gives the known direction for the toy gradients', () => {
    const u = directionOf(forget, retain, 1)
    expectClose(u, [1.2842105263, -0.6684210526, -0.4578947368, 3.9526315789], 2e-7)
    expect(dot(flat(forget), u)).toBeCloseTo(14.25, 6)
  })

  it('is 1/α times the released WMDP direction g_f + α(g_r − proj g_r) with γ = 1/α', () => {
    const u = directionOf(forget, retain, 1 / 800)
    expectClose(
      u.map((x) => 800 * x),
      [228.3684, 1063.2632, -765.8158, 765.1053],
      5e-7,
    )
  })

  it.each([
    [1, 0],
    [1, 5],
    [0.00125, -3],
    [7, 0.1],
  ])(
    'makes ⟨g_f, u⟩ = γ‖g_f‖² whatever retention wants (γ = %d, common part %d)',
    (gamma, common) => {
      const f = Float32Array.from({ length: 501 }, (_, i) => gaussian(1, ['forget'], i))
      const r = f.map((x, i) => common * x + gaussian(1, ['retain'], i))
      const { forgetForget, forgetRetain } = gramOf([f], [r])
      const { forget: a, retain: b } = coefficientsOf(gramOf([f], [r]), gamma)
      expect(a * forgetForget + b * forgetRetain).toBeCloseTo(gamma * forgetForget, 8)
      expect(dot([...f], directionOf([f], [r], gamma)) / forgetForget).toBeCloseTo(gamma, 4)
    },
  )

  it('projects also where the gradients agree', () => {
    const { forget: a } = coefficientsOf({ forgetForget: 4, forgetRetain: 8, retainRetain: 20 }, 1)
    expect(a).toBe(-1)
  })

  it('takes one inner product over all tensors, not one each', () => {
    const whole = directionOf([Float32Array.of(1, 0, 0, 1)], [Float32Array.of(1, 2, 3, 4)], 1)
    const split = directionOf(
      [Float32Array.of(1, 0), Float32Array.of(0, 1)],
      [Float32Array.of(1, 2), Float32Array.of(3, 4)],
      1,
    )
    expect(split).toEqual(whole)
  })

  it('uses the retain gradient where the forget gradient is zero', () => {
    for (const squared of [0, 1e-12])
      expect(
        coefficientsOf({ forgetForget: squared, forgetRetain: squared, retainRetain: 9 }, 1),
      ).toEqual({ forget: 0, retain: 1 })
  })

  it('lets not-a-number through', () => {
    const gram = { forgetForget: Number.NaN, forgetRetain: Number.NaN, retainRetain: 1 }
    expect(coefficientsOf(gram, 1).forget).toBeNaN()
  })

  it('refuses to work without the Gram matrix', () => {
    const knobs = bilevel.schema.parse({})
    expect(() => bilevel.coefficients({ gram: null, losses: null }, knobs, {})).toThrow(
      'needs the Gram matrix',
    )
  })
})
