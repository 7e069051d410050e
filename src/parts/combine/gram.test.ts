import { describe, expect, it } from 'vitest'
import { gaussian } from '../../math/random.ts'
import {
  addGrams,
  type Gram,
  gradientCosine,
  gramOf,
  gramOfPair,
  squaredNorm,
  zeroGram,
} from './gram.ts'

function randomArrays(sizes: readonly number[], stream: string): Float32Array[] {
  return sizes.map((size, tensor) =>
    Float32Array.from({ length: size }, (_, i) => gaussian(0, [stream, tensor], i)),
  )
}

function plainLoop(forget: readonly Float32Array[], retain: readonly Float32Array[]): Gram {
  let [forgetForget, forgetRetain, retainRetain] = [0, 0, 0]
  forget.forEach((f, tensor) => {
    for (let i = 0; i < f.length; i++) {
      forgetForget += f[i] * f[i]
      forgetRetain += f[i] * retain[tensor][i]
      retainRetain += retain[tensor][i] * retain[tensor][i]
    }
  })
  return { forgetForget, forgetRetain, retainRetain }
}

describe('gramOf', () => {
  it.each([[[0]], [[1]], [[2, 3]], [[4, 5, 6, 7]], [[1000, 0, 1, 4099]]])(
    'equals a plain double loop for tensors of %j elements',
    (sizes) => {
      const forget = randomArrays(sizes, 'forget')
      const retain = randomArrays(sizes, 'retain')
      const gram = gramOf(forget, retain)
      const expected = plainLoop(forget, retain)
      for (const key of Object.keys(expected) as (keyof Gram)[])
        expect(gram[key]).toBeCloseTo(expected[key], 10)
    },
  )

  it('keeps in float64 what float32 sums lose', () => {
    const size = 1_000_001
    const forget = [new Float32Array(size).fill(1e-4)]
    forget[0][0] = 4096
    const exact = 4096 ** 2 + (size - 1) * Math.fround(1e-4) ** 2
    // The small elements are 6e-10 of the sum; float32 would lose them all.
    expect(Math.abs(gramOf(forget, forget).forgetForget / exact - 1)).toBeLessThan(5e-11)
  })

  it('is the sum of its parts, taken tensor by tensor', () => {
    const forget = randomArrays([17, 30], 'forget')
    const retain = randomArrays([17, 30], 'retain')
    const parts = forget.map((f, tensor) => gramOfPair(f, retain[tensor]))
    expect(parts.reduce(addGrams, zeroGram)).toEqual(gramOf(forget, retain))
  })

  it('refuses gradients that do not correspond', () => {
    expect(() => gramOf([new Float32Array(2)], [])).toThrow('1 forget and 0 retain tensors')
    expect(() => gramOf([new Float32Array(2)], [new Float32Array(3)])).toThrow('2 forget and 3')
  })

  it('lets not-a-number through', () => {
    const { forgetForget } = gramOf([Float32Array.of(1, Number.NaN)], [Float32Array.of(1, 1)])
    expect(forgetForget).toBeNaN()
  })
})

describe('squaredNorm', () => {
  it('equals the diagonal of the Gram matrix', () => {
    const arrays = randomArrays([5, 1031], 'forget')
    expect(squaredNorm(arrays)).toBeCloseTo(gramOf(arrays, arrays).forgetForget, 10)
    expect(squaredNorm([Float32Array.of(3, 4)])).toBe(25)
    expect(squaredNorm([])).toBe(0)
  })
})

describe('gradientCosine', () => {
  it('is 1, 0 and −1 for equal, orthogonal and opposite gradients', () => {
    const f = [Float32Array.of(1, 2, 0)]
    expect(gradientCosine(gramOf(f, f))).toBeCloseTo(1, 15)
    expect(gradientCosine(gramOf(f, [Float32Array.of(-2, 1, 5)]))).toBe(0)
    expect(gradientCosine(gramOf(f, [Float32Array.of(-2, -4, 0)]))).toBeCloseTo(-1, 15)
  })

  it('is 0 where a gradient is zero', () => {
    expect(gradientCosine(zeroGram)).toBe(0)
  })
})
