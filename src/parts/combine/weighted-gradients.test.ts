import { expect, it } from 'vitest'
import { gaussian } from '../../math/random.ts'
import { gramOf, squaredNorm } from './gram.ts'
import { combineGradients, directionNorm } from './weighted-gradients.ts'

const forget = [0, 1].map((tensor) =>
  Float32Array.from({ length: 37 }, (_, i) => gaussian(0, ['forget', tensor], i)),
)
const retain = [0, 1].map((tensor) =>
  Float32Array.from({ length: 37 }, (_, i) => gaussian(0, ['retain', tensor], i)),
)

it('combineGradients computes a·f + b·r in each element', () => {
  const direction = [Float32Array.of(0, 0)]
  const coefficients = { forget: 2, retain: -0.5 }
  combineGradients([Float32Array.of(1, 3)], [Float32Array.of(4, 8)], coefficients, direction)
  expect(direction).toEqual([Float32Array.of(0, 2)])
})

it('combineGradients may write over a gradient', () => {
  const coefficients = { forget: -1.5, retain: 1 }
  const direction = forget.map((f) => new Float32Array(f.length))
  combineGradients(forget, retain, coefficients, direction)
  const overwritten = retain.map((r) => r.slice())
  combineGradients(forget, overwritten, coefficients, overwritten)
  expect(overwritten).toEqual(direction)
})

it('combineGradients refuses lengths that differ', () => {
  const one = [new Float32Array(1)]
  const coefficients = { forget: 1, retain: 1 }
  expect(() => combineGradients(one, one, coefficients, [new Float32Array(2)])).toThrow(
    'direction of 2 from 1 and 1',
  )
})

it.each([
  { forget: 1, retain: 1 },
  { forget: -0.7, retain: 1 },
  { forget: 0, retain: 3 },
])('directionNorm equals the norm of the direction for %o', (coefficients) => {
  const direction = forget.map((f) => new Float32Array(f.length))
  combineGradients(forget, retain, coefficients, direction)
  const norm = Math.sqrt(squaredNorm(direction))
  expect(directionNorm(gramOf(forget, retain), coefficients) / norm).toBeCloseTo(1, 6)
})

it('directionNorm is zero, not imaginary, where the parts cancel', () => {
  expect(directionNorm(gramOf(forget, forget), { forget: -1, retain: 1 })).toBe(0)
  const gram = { forgetForget: 1, forgetRetain: 1 + 1e-15, retainRetain: 1 }
  expect(directionNorm(gram, { forget: -1, retain: 1 })).toBe(0)
})

it('directionNorm lets not-a-number through', () => {
  const gram = { forgetForget: Number.NaN, forgetRetain: 0, retainRetain: 1 }
  expect(directionNorm(gram, { forget: 1, retain: 1 })).toBeNaN()
})
