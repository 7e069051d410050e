import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { buildModel } from '../architectures.ts'

const config = {
  model_type: 'llama',
  vocab_size: 30,
  hidden_size: 16,
  intermediate_size: 24,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  max_position_embeddings: 64,
  rope_theta: 100,
}
const rotary = (rope_scaling: Record<string, unknown>, more: Record<string, unknown> = {}) =>
  buildModel({ ...config, ...more, rope_scaling }, 'config.json').rotaries[0]
/** 100^(−2i/8) */
const plain = [1, 0.316227766, 0.1, 0.0316227766]

describe('stretched positions', () => {
  test('linear slows all pairs alike', () => {
    const { frequencies, scale } = rotary({ rope_type: 'linear', factor: 4 })
    for (const [i, f] of plain.entries()) expect(frequencies[i]).toBeCloseTo(f / 4, 8)
    expect(scale).toBe(1)
  })

  test('yarn keeps the pairs that turn often, slows those that do not, and sharpens scores', () => {
    const yarn = { rope_type: 'yarn', factor: 4, original_max_position_embeddings: 16 }
    // pair(β) = 8 · ln(16 / 2πβ) / (2 ln 100): 0.81 and 2.81, so the slope goes from 0 to 3.
    const { frequencies, scale } = rotary({ ...yarn, beta_fast: 1, beta_slow: 0.1 })
    for (const [i, f] of plain.entries()) {
      const slowed = i / 3
      expect(frequencies[i]).toBeCloseTo((1 - slowed) * f + (slowed * f) / 4, 7)
    }
    expect(scale).toBeCloseTo(0.1 * Math.log(4) + 1, 12)
    expect(rotary({ ...yarn, attention_factor: 1.5 }).scale).toBe(1.5)
    const weighed = rotary({ ...yarn, mscale: 0.7, mscale_all_dim: 1 }).scale
    expect(weighed).toBeCloseTo((0.07 * Math.log(4) + 1) / (0.1 * Math.log(4) + 1), 12)
    // Without truncation the slope starts and ends where it is computed to.
    const [, second] = rotary({
      ...yarn,
      beta_fast: 1,
      beta_slow: 0.1,
      truncate: false,
    }).frequencies
    const pair = (turns: number) => (4 * Math.log(16 / (turns * 2 * Math.PI))) / Math.log(100)
    const slowed = (1 - pair(1)) / (pair(0.1) - pair(1))
    expect(second).toBeCloseTo((1 - slowed) * plain[1] + (slowed * plain[1]) / 4, 7)
  })

  test('longrope divides by its short factors, and texts end where the long ones would hold', () => {
    const factors = { short_factor: [1, 2, 3, 4], long_factor: [5, 6, 7, 8] }
    const longrope = { rope_type: 'longrope', ...factors }
    const outside = { original_max_position_embeddings: 16 }
    const { frequencies, scale, limit } = rotary(longrope, outside)
    for (const [i, f] of plain.entries()) expect(frequencies[i]).toBeCloseTo(f / (i + 1), 8)
    expect(scale).toBeCloseTo(Math.sqrt(1 + Math.log(4) / Math.log(16)), 12)
    expect(limit).toBe(16)
    expect(rotary({ ...longrope, ...outside, type: 'su', rope_type: undefined })).toEqual(
      rotary(longrope, outside),
    )
    const model = buildModel({ ...config, ...outside, rope_scaling: longrope }, 'config.json')
    expect(model).toMatchObject({ maxPositions: 16, positionLimit: 16 })
    expect(() => rotary({ ...longrope, short_factor: [1, 2, 3] }, outside)).toThrow(
      'rope_scaling.short_factor: expected 4 numbers',
    )
  })

  test('what turns grows, what does not stays as it is', () => {
    const { cos, sin, width } = buildModel(
      {
        ...config,
        model_type: 'phi3',
        partial_rotary_factor: 0.5,
        rope_scaling: { type: 'longrope', short_factor: [1, 1], long_factor: [1, 1] },
        original_max_position_embeddings: 16,
      },
      'config.json',
    ).rotaryTables(2)
    const grown = Math.sqrt(1.5)
    expect(width).toBe(4)
    for (let i = 0; i < 4; i++) {
      const length = Math.hypot(cos[width + i], sin[width + i])
      expect(length).toBeCloseTo(i < 2 ? grown : 1, 6)
    }
  })
})

test.each(['gemma3-local', 'phi3-longrope', 'qwen3-yarn', 'llama-rope3'])(
  'the old and the new spelling of %s mean the same',
  (name) => {
    const read = (file: string) =>
      JSON.parse(readFileSync(`test/golden/${name}/${file}`, 'utf8')) as Record<string, unknown>
    const [old, now] = ['config.json', 'config.v5.json'].map((file) => buildModel(read(file), file))
    expect(read('config.json').rope_theta).toBeTypeOf('number')
    expect(old.rotaries).toEqual(now.rotaries)
    expect(old.windows).toEqual(now.windows)
  },
)
