import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Engine, Tensor } from '../engine/engine.ts'
import { createEngine } from '../engine/node-engine.ts'
import { input, matmul } from '../graph/index.ts'
import { integer } from '../math/random.ts'
import { buildModel } from './architectures.ts'
import { chooseToken, createGenerator, firstNewTokens, type Generator } from './generate.ts'
import type { LanguageModel } from './model.ts'
import { graphWeights } from './weights.ts'

let engine: Engine
beforeAll(async () => {
  engine = await createEngine({ threads: 2 })
})
afterAll(() => engine.dispose())

const config = {
  model_type: 'mistral',
  vocab_size: 30,
  hidden_size: 16,
  intermediate_size: 24,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  num_key_value_heads: 1,
  max_position_embeddings: 64,
  initializer_range: 0.4,
}
const windows: [string, Record<string, unknown>][] = [
  ['full attention', {}],
  ['a sliding window of 4', { sliding_window: 4 }],
]

function valuesOf(model: LanguageModel): Map<string, Tensor> {
  return new Map(
    [...model.parameters].map(([name, shape]) => [
      name,
      { data: model.initialValue(name, 5), shape },
    ]),
  )
}

const prompt = (seed: number, length: number) =>
  Int32Array.from({ length }, (_, i) => integer(seed, ['prompt'], i, config.vocab_size))
const prompts = [prompt(1, 3), prompt(2, 9), prompt(3, 1), prompt(4, 6)]
const lists = (sequences: Int32Array[]) => sequences.map((tokens) => [...tokens])

async function withGenerator<T>(
  options: Record<string, unknown>,
  use: (generator: Generator, model: LanguageModel) => Promise<T>,
): Promise<T> {
  const model = buildModel({ ...config, ...options }, 'config.json')
  const weights = graphWeights(model)
  const generator = await createGenerator({ engine, model, weights, values: valuesOf(model) })
  try {
    return await use(generator, model)
  } finally {
    generator.dispose()
  }
}

/** Greedy tokens by a pass over the whole sequence for each. */
async function greedyByFullPasses(model: LanguageModel, start: Int32Array, count: number) {
  const weights = graphWeights(model)
  const { width } = model.rotaryTables(1)
  const graph = matmul(
    model.hidden(weights, {
      tokens: input('tokens', ['batch', 'seq'], 'i32'),
      positions: input('positions', ['batch', 'seq'], 'i32'),
      mask: input('mask', ['seq', 'seq']),
      cos: input('cos', ['seq', width]),
      sin: input('sin', ['seq', width]),
      rows: input('rows', ['answers'], 'i32'),
    }),
    weights.tensor(model.headWeight),
    { transposeB: true },
  )
  const program = await engine.compile({ logits: graph })
  const tokens = [...start]
  while (tokens.length < start.length + count) {
    const seq = tokens.length
    const { cos, sin } = model.rotaryTables(seq)
    const logits = new Float32Array(model.vocab)
    await program.run(
      {
        ...Object.fromEntries(valuesOf(model)),
        tokens: { data: Int32Array.from(tokens), shape: [1, seq] },
        positions: { data: Int32Array.from(tokens, (_, i) => i), shape: [1, seq] },
        mask: { data: model.mask(seq), shape: [seq, seq] },
        cos: { data: cos, shape: [seq, width] },
        sin: { data: sin, shape: [seq, width] },
        rows: { data: Int32Array.of(seq - 1), shape: [1] },
      },
      { logits },
    )
    tokens.push(logits.indexOf(Math.max(...logits)))
  }
  program.dispose()
  return tokens.slice(start.length)
}

test('generation ends where learned positions end', async () => {
  const sizes = { vocab_size: 20, n_embd: 8, n_head: 2, n_layer: 1, n_positions: 6 }
  const model = buildModel({ model_type: 'gpt2', ...sizes }, 'config.json')
  const weights = graphWeights(model)
  const generator = await createGenerator({ engine, model, weights, values: valuesOf(model) })
  const settings = { maxNewTokens: 9, stopTokens: [] }
  const made = await generator.generate([Int32Array.of(1, 2, 3), Int32Array.of(4)], settings)
  // The token after the last position needs no position of its own.
  expect(made.map(({ length }) => length)).toEqual([4, 6])
  generator.dispose()
})

describe.each(windows)('greedy generation with %s', (_, options) => {
  test('gives the tokens of a full pass for each, prompts of different length in one batch', () =>
    withGenerator(options, async (generator, model) => {
      const settings = { maxNewTokens: 12, stopTokens: [] }
      const together = lists(await generator.generate(prompts, settings))
      for (const [b, start] of prompts.entries()) {
        const alone = lists(await generator.generate([start], settings))[0]
        expect(together[b], `prompt ${b} in the batch`).toEqual(alone)
        expect(alone, `prompt ${b}`).toEqual(await greedyByFullPasses(model, start, 12))
      }
      expect(new Set(together.map((tokens) => tokens.join())).size).toBe(prompts.length)
    }))
})

test('answers that outgrow the first room of the cache, twice, are those of full passes', () =>
  withGenerator({}, async (generator, model) => {
    const count = 2 * firstNewTokens + 5
    const free = await generator.generate(prompts, { maxNewTokens: count, stopTokens: [] })
    for (const [b, start] of prompts.slice(0, 2).entries())
      expect([...free[b]]).toEqual(await greedyByFullPasses(model, start, count))
  }))

test('answers go on from their prefixes as if nothing had been known', () =>
  withGenerator({}, async (generator) => {
    const settings = { maxNewTokens: 12, stopTokens: [] }
    const free = await generator.generate(prompts, settings)
    const prefixes = [0, 5, 12, 1].map((known, b) => free[b].subarray(0, known))
    expect(lists(await generator.generate(prompts, { ...settings, prefixes }))).toEqual(lists(free))
  }))

test('a sequence ends before its stop token, the others go on', () =>
  withGenerator({}, async (generator) => {
    const free = lists(await generator.generate(prompts, { maxNewTokens: 10, stopTokens: [] }))
    const stop = free[1][4]
    const stopped = lists(
      await generator.generate(prompts, { maxNewTokens: 10, stopTokens: [stop] }),
    )
    const expected = free.map((tokens) =>
      tokens.includes(stop) ? tokens.slice(0, tokens.indexOf(stop)) : tokens,
    )
    expect(stopped).toEqual(expected)
    expect(new Set(expected.map(({ length }) => length)).size).toBeGreaterThan(1)
  }))

test('nothing is generated of nothing, and no more than asked for', () =>
  withGenerator({}, async (generator) => {
    expect(await generator.generate([], { maxNewTokens: 5, stopTokens: [] })).toEqual([])
    expect(lists(await generator.generate(prompts, { maxNewTokens: 0, stopTokens: [] }))).toEqual([
      [],
      [],
      [],
      [],
    ])
    const [one] = await generator.generate([prompts[0]], { maxNewTokens: 1, stopTokens: [] })
    expect(one.length).toBe(1)
  }))

test('tokens are told as they come', () =>
  withGenerator({}, async (generator) => {
    const told: number[][] = prompts.map(() => [])
    const generated = await generator.generate(prompts, {
      maxNewTokens: 6,
      stopTokens: [],
      onToken: (sequence, token) => told[sequence].push(token),
    })
    expect(told).toEqual(lists(generated))
  }))

describe('sampling', () => {
  const settings = { maxNewTokens: 10, stopTokens: [], temperature: 1.5, topP: 0.95 }

  test('is the same for the same seed, and another for another', () =>
    withGenerator({}, async (generator) => {
      const sample = async (seed: number) =>
        lists(await generator.generate(prompts, { ...settings, seed }))
      expect(await sample(1)).toEqual(await sample(1))
      expect(await sample(2)).not.toEqual(await sample(1))
    }))

  test('does not depend on what else is in the batch', () =>
    withGenerator({}, async (generator) => {
      const together = lists(await generator.generate(prompts, { ...settings, seed: 3 }))
      const reversed = lists(
        await generator.generate([...prompts].reverse(), { ...settings, seed: 3 }),
      )
      expect(reversed.reverse()).toEqual(together)
      for (const [b, start] of prompts.entries())
        expect(lists(await generator.generate([start], { ...settings, seed: 3 }))).toEqual([
          together[b],
        ])
    }))

  test('draws apart for equal prompts', () =>
    withGenerator({}, async (generator) => {
      const [a, b] = lists(
        await generator.generate([prompts[0], prompts[0]], { ...settings, seed: 3 }),
      )
      expect(a).not.toEqual(b)
    }))
})

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
})
