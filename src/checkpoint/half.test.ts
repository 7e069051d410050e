import { describe, expect, it, test } from 'vitest'
import { gaussian } from '../math/random.ts'
import { bf16ToF32, f16ToF32, f32ToBf16, f32ToF16, roundToBf16 } from './half.ts'

const patterns = Uint16Array.from({ length: 65536 }, (_, i) => i)

/** The value of a small float by its definition: exponent and fraction widths, IEEE 754 §3.4. */
function value(pattern: number, exponentBits: number, fractionBits: number): number {
  const sign = pattern >>> (exponentBits + fractionBits) ? -1 : 1
  const exponent = (pattern >>> fractionBits) & ((1 << exponentBits) - 1)
  const fraction = pattern & ((1 << fractionBits) - 1)
  const bias = 2 ** (exponentBits - 1) - 1
  if (exponent === (1 << exponentBits) - 1) return fraction ? Number.NaN : sign * Infinity
  if (exponent === 0) return sign * fraction * 2 ** (1 - bias - fractionBits)
  return sign * (1 + fraction / 2 ** fractionBits) * 2 ** (exponent - bias)
}

const formats = [
  { name: 'bf16', widen: bf16ToF32, narrow: f32ToBf16, exponentBits: 8, fractionBits: 7 },
  { name: 'f16', widen: f16ToF32, narrow: f32ToF16, exponentBits: 5, fractionBits: 10 },
]

describe.each(formats)('$name', ({ widen, narrow, exponentBits, fractionBits }) => {
  const narrowed = (...values: number[]): number[] => {
    const target = new Uint16Array(values.length)
    narrow(Float32Array.from(values), target)
    return [...target]
  }
  const infinity = ((1 << exponentBits) - 1) << fractionBits
  const finite = Array.from({ length: infinity }, (_, pattern) => pattern)

  it('gives each of the 65,536 patterns its value', () => {
    const wide = new Float32Array(65536)
    widen(patterns, wide)
    const wrong = [...patterns].filter(
      (pattern) => !Object.is(wide[pattern], value(pattern, exponentBits, fractionBits)),
    )
    expect(wrong).toEqual([])
  })

  it('brings each of the 65,536 patterns back, NaN payloads too', () => {
    const wide = new Float32Array(65536)
    widen(patterns, wide)
    const back = new Uint16Array(65536)
    narrow(wide, back)
    expect(back).toEqual(patterns)
  })

  it('rounds to nearest, ties to even, between all neighbours', () => {
    const wrong: string[] = []
    const bits = new Uint32Array(1)
    const float = new Float32Array(bits.buffer)
    for (const pattern of finite.slice(0, -1)) {
      const low = value(pattern, exponentBits, fractionBits)
      const high = value(pattern + 1, exponentBits, fractionBits)
      const middle = (low + high) / 2
      float[0] = middle
      if (float[0] !== middle) continue // below float32's own resolution
      const middleBits = bits[0]
      bits[0] = middleBits - 1
      const below = float[0]
      bits[0] = middleBits + 1
      const above = float[0]
      const even = pattern % 2 === 0 ? pattern : pattern + 1
      const got = narrowed(below, middle, above, -below, -middle, -above)
      const sign = 0x8000
      const want = [pattern, even, pattern + 1, sign + pattern, sign + even, sign + pattern + 1]
      if (got.join() !== want.join()) wrong.push(`${pattern}: ${got} instead of ${want}`)
    }
    expect(wrong).toEqual([])
  })

  it('overflows to infinity from the middle beyond the largest on', () => {
    const largest = value(infinity - 1, exponentBits, fractionBits)
    const step = largest - value(infinity - 2, exponentBits, fractionBits)
    const bits = new Uint32Array(1)
    const float = new Float32Array(bits.buffer)
    float[0] = largest + step / 2
    const middle = float[0]
    bits[0] -= 1
    expect(narrowed(float[0], middle, Infinity)).toEqual([infinity - 1, infinity, infinity])
    expect(narrowed(-middle, -Infinity, 3.4028234663852886e38)).toEqual([
      0x8000 | infinity,
      0x8000 | infinity,
      infinity,
    ])
  })

  it('keeps signed zero and never makes a NaN an infinity', () => {
    expect(narrowed(0, -0, 1e-45, -1e-45)).toEqual([0, 0x8000, 0, 0x8000])
    const lowPayload = new Float32Array(Uint32Array.of(0x7f800001, 0xff800001).buffer)
    const target = new Uint16Array(2)
    narrow(lowPayload, target)
    for (const pattern of target) expect(value(pattern, exponentBits, fractionBits)).toBeNaN()
  })
})

test('in place, bf16 is what a file would have kept', () => {
  const numbers = Float32Array.from({ length: 70_000 }, (_, i) => gaussian(3, ['weight'], i))
  const [narrow, kept] = [new Uint16Array(numbers.length), new Float32Array(numbers.length)]
  f32ToBf16(numbers, narrow)
  bf16ToF32(narrow, kept)
  roundToBf16(numbers)
  expect(numbers).toEqual(kept)
})

test('an update of 1e-5 moves some 5 % of typical weights kept in bf16, and all in float32', () => {
  const count = 40_000
  const before = Float32Array.from({ length: count }, (_, i) => 0.06 * gaussian(3, ['weight'], i))
  roundToBf16(before)
  const after = before.map((w, i) => w + (i % 2 === 0 ? 1e-5 : -1e-5))
  const moved = () => after.filter((w, i) => w !== before[i]).length / count
  expect(moved()).toBe(1)
  roundToBf16(after)
  // Half of bf16's spacing is below 1e-5 for |w| < 2⁻⁸ alone: P(|N(0, .06²)| < 2⁻⁸) = 5.2 %.
  expect(moved()).toBeGreaterThan(0.045)
  expect(moved()).toBeLessThan(0.06)
})
