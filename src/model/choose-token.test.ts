import { describe, expect, test } from 'vitest'
import { uniform } from '../math/random.ts'
import { chooseToken } from './choose-token.ts'

describe('chooseToken', () => {
  const logits = Float32Array.of(0.3, 2.1, -1, 1.4, 0.9, 2.0)
  const draws = 20000

  function counts(settings: { temperature: number; topP?: number }): number[] {
    const found = new Array<number>(logits.length).fill(0)
    for (let i = 0; i < draws; i++)
      found[chooseToken(logits, { ...settings, seed: 9 }, ['test'], i)]++
    return found
  }
  function softmax(temperature: number): number[] {
    const powers = [...logits].map((z) => Math.exp(z / temperature))
    const total = powers.reduce((a, b) => a + b, 0)
    return powers.map((power) => power / total)
  }
  /** Σ (seen − expected)² / expected over what can be drawn. */
  function chiSquare(seen: number[], expected: number[]): number {
    return seen.reduce((sum, count, i) => {
      if (expected[i] === 0) return sum
      return sum + (count - draws * expected[i]) ** 2 / (draws * expected[i])
    }, 0)
  }

  test.each([0.5, 1, 3])('draws from the softmax at temperature %d', (temperature) => {
    // 20.5 is exceeded once in a thousand with 5 degrees of freedom.
    expect(chiSquare(counts({ temperature }), softmax(temperature))).toBeLessThan(20.5)
  })

  test('topP keeps the likeliest tokens that reach it, in their proportions', () => {
    const p = softmax(1)
    const kept = [1, 5, 3]
    const mass = kept.reduce((sum, token) => sum + p[token], 0)
    // Two of the three do not reach it.
    expect(mass - p[3]).toBeLessThan(0.75)
    expect(mass).toBeGreaterThan(0.75)
    const seen = counts({ temperature: 1, topP: 0.75 })
    const expected = p.map((share, token) => (kept.includes(token) ? share / mass : 0))
    expect(seen.filter((count, token) => expected[token] === 0 && count > 0)).toEqual([])
    expect(chiSquare(seen, expected)).toBeLessThan(13.8)
  })

  test('topP near 0 leaves the likeliest', () => {
    expect(counts({ temperature: 1, topP: 1e-9 })[1]).toBe(draws)
  })

  test('at temperature 0 takes the first of the largest', () => {
    expect(chooseToken(Float32Array.of(1, 3, 3, 2), {}, ['test'], 0)).toBe(1)
    expect(chooseToken(Float32Array.of(-Infinity, -1e30), {}, ['test'], 0)).toBe(1)
  })

  test('never draws what is impossible, however small the temperature', () => {
    const some = Float32Array.of(-Infinity, 1, 1.001, -Infinity)
    for (let i = 0; i < 200; i++)
      expect([1, 2]).toContain(chooseToken(some, { temperature: 1, seed: 1 }, ['test'], i))
    for (let i = 0; i < 50; i++)
      expect(chooseToken(some, { temperature: 1e-9, seed: 1 }, ['test'], i)).toBe(2)
  })

  test('draws as if the whole vocabulary were sorted', () => {
    const wide = Float32Array.from({ length: 400 }, (_, v) => 9 * Math.sin(v * v))
    const slow = (u: number, topP: number) => {
      const weights = Array.from(wide, (z) => Math.exp(z - Math.max(...wide)))
      const order = [...weights.keys()].sort((a, b) => weights[b] - weights[a] || a - b)
      const total = weights.reduce((a, b) => a + b, 0)
      let kept = 0
      const taken = order.filter((v) => {
        const isTaken = kept < topP * total
        if (isTaken) kept += weights[v]
        return isTaken
      })
      let passed = 0
      return taken.find((v) => {
        passed += weights[v]
        return passed > u * kept
      })
    }
    for (const topP of [1, 0.97, 0.5])
      for (let i = 0; i < 300; i++)
        expect(chooseToken(wide, { temperature: 1, topP, seed: 4 }, ['wide'], i)).toBe(
          slow(uniform(4, ['wide'], i), topP),
        )
  })
})
