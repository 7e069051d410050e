import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Combiner } from './combiner.ts'
import { combiners } from './combiners.ts'
import { gramOf } from './gram.ts'

const gram = gramOf([Float32Array.of(1, -2, 0.5)], [Float32Array.of(0.2, 1.5, -1)])
const losses = { forget: 2, retain: 1 }

describe.each([...combiners])('combiner %s', (id, combiner: Combiner) => {
  const knobs = combiner.schema.parse({})
  const input = combiner.gradients === 'fused' ? { gram: null, losses: null } : { gram, losses }

  it('says what it is', () => {
    expect(combiner.id).toBe(id)
    expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/)
    for (const text of [combiner.title, combiner.source, combiner.formula])
      expect(text.length).toBeGreaterThan(5)
  })

  it('describes every knob and refuses others', () => {
    for (const knob of Object.values(combiner.schema.shape)) {
      expect(knob.description).toBeTruthy()
      expect(knob.safeParse(undefined).success).toBe(true)
    }
    expect(combiner.schema.safeParse({ nonsense: 1 }).success).toBe(false)
    expect('variant' in combiner.schema.shape).toBe(combiner.variants !== undefined)
  })

  it('gives finite coefficients, also for zero gradients', () => {
    const zero = [new Float32Array(3)]
    const inputs = [input, { gram: gramOf(zero, zero), losses }]
    for (const each of inputs) {
      const { forget, retain } = combiner.coefficients(each, knobs, combiner.init(knobs))
      expect(Number.isFinite(forget)).toBe(true)
      expect(Number.isFinite(retain)).toBe(true)
    }
  })

  it('continues the same from a saved state', () => {
    let state = combiner.init(knobs)
    for (let step = 0; step < 3; step++) {
      const restored = JSON.parse(JSON.stringify(state))
      const next = combiner.coefficients(input, knobs, state)
      expect(combiner.coefficients(input, knobs, restored)).toEqual(next)
      state = combiner.after?.(losses, knobs, next.state) ?? next.state
      for (const value of Object.values(state)) expect(Number.isFinite(value)).toBe(true)
    }
  })
})

it('every file that declares a combiner is in the map', async () => {
  const files = readdirSync(import.meta.dirname).filter((file) => /^[a-z-]+\.ts$/.test(file))
  for (const file of files)
    for (const value of Object.values(await import(/* @vite-ignore */ `./${file}`)))
      if (value && typeof value === 'object' && 'coefficients' in value)
        expect([...combiners.values()]).toContain(value)
})
