import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Engine, Tensor } from '../engine/engine.ts'
import { createEngine } from '../engine/node-engine.ts'
import { integer } from '../math/random.ts'
import { BatchInputs } from '../train/batch-inputs.ts'
import { sequenceInputs } from '../train/objective.ts'
import { buildModel } from './architectures.ts'
import { createGenerator, firstNewTokens, type Generator } from './generate.ts'
import { headLogits } from './head.ts'
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
const layered = { num_hidden_layers: 3, sliding_window: 4, head_dim: 8, hidden_act: null }
/** Embeddings are multiplied, and may not drown what layers add. */
const mild = { initializer_range: 0.1 }
const kinds: [string, Record<string, unknown>][] = [
  ['full attention', { sliding_window: null }],
  ['a sliding window of 4', { sliding_window: 4 }],
  [
    'Gemma 2, every other layer in a window of 4, capped scores and logits',
    {
      model_type: 'gemma2',
      ...layered,
      ...mild,
      attn_logit_softcapping: 1,
      final_logit_softcapping: 3,
    },
  ],
  [
    'Gemma 3, two bases',
    { model_type: 'gemma3_text', ...layered, ...mild, sliding_window_pattern: 2 },
  ],
  [
    'SmolLM3, layers in a window of 4 without positions',
    { model_type: 'smollm3', ...layered, no_rope_layer_interval: 2, use_sliding_window: true },
  ],
  [
    'OLMo 3, stretched in its upper layer',
    {
      model_type: 'olmo3',
      ...layered,
      layer_types: ['sliding_attention', 'sliding_attention', 'full_attention'],
      rope_scaling: { rope_type: 'yarn', factor: 4, original_max_position_embeddings: 8 },
    },
  ],
  [
    'Ministral 3, queries that grow from position 4 on',
    {
      model_type: 'ministral3',
      ...layered,
      rope_parameters: {
        rope_type: 'yarn',
        factor: 4,
        original_max_position_embeddings: 4,
        llama_4_scaling_beta: 0.5,
      },
    },
  ],
  [
    'Phi 3, half of each head turned',
    { model_type: 'phi3', sliding_window: 4, partial_rotary_factor: 0.5 },
  ],
  ['Granite', { model_type: 'granite', attention_multiplier: 0.7, residual_multiplier: 0.6 }],
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
  share = true,
): Promise<T> {
  const model = buildModel({ ...config, ...options }, 'config.json')
  const weights = graphWeights(model)
  const values = valuesOf(model)
  const generator = await createGenerator({ engine, model, weights, values, share })
  try {
    return await use(generator, model)
  } finally {
    generator.dispose()
  }
}

/** Greedy tokens by a pass over the whole sequence for each. */
async function greedyByFullPasses(model: LanguageModel, start: Int32Array, count: number) {
  const weights = graphWeights(model)
  const graph = headLogits(model, weights, model.hidden(weights, sequenceInputs(model)))
  const inputs = new BatchInputs(model)
  const program = await engine.compile({ logits: graph })
  const tokens = [...start]
  while (tokens.length < start.length + count) {
    const seq = tokens.length
    const logits = new Float32Array(model.vocab)
    await program.run(
      {
        ...Object.fromEntries(valuesOf(model)),
        ...inputs.batch({
          batch: 1,
          seq,
          tokens: Int32Array.from(tokens),
          rows: Int32Array.of(seq - 1),
          labels: Int32Array.of(0),
          sequenceOf: Int32Array.of(0),
          examples: Int32Array.of(0),
        }),
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

test('generation ends where the long factors of LongRoPE would hold', async () => {
  const factors = [1, 2, 3, 4]
  const rope_scaling = { type: 'longrope', short_factor: factors, long_factor: factors }
  const options = { model_type: 'phi3', rope_scaling, original_max_position_embeddings: 12 }
  await withGenerator(options, async (generator, model) => {
    const made = await generator.generate(prompts, { maxNewTokens: 20, stopTokens: [] })
    expect(made.map(({ length }) => length)).toEqual([10, 4, 12, 7])
    expect([...made[0]]).toEqual(await greedyByFullPasses(model, prompts[0], 10))
  })
})

describe.each(kinds)('greedy generation with %s', (_, options) => {
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

describe.each(kinds)('prompts that begin alike, with %s', (_, options) => {
  const system = prompt(5, 7)
  const asked = [prompts[0], prompts[1], prompts[1], prompts[2], prompts[3], new Int32Array()]
  const alike = [...asked.map((own) => Int32Array.from([...system, ...own])), prompts[1]]
  const both = async (settings: Parameters<Generator['generate']>[1]) => {
    const [shared, apart] = [true, false].map((share) =>
      withGenerator(options, async (generator) => generator.generate(alike, settings), share),
    )
    return { shared: lists(await shared), apart: lists(await apart) }
  }

  test('are answered as each for itself', async () => {
    const { shared, apart } = await both({ maxNewTokens: 12, stopTokens: [] })
    expect(shared).toEqual(apart)
    expect(shared[1]).toEqual(shared[2])
  })

  test('are continued as each for itself, from prefixes and by draws', async () => {
    const settings = { maxNewTokens: 9, stopTokens: [3], temperature: 1.2, seed: 4 }
    const { shared, apart } = await both(settings)
    expect(shared).toEqual(apart)
    expect(shared[1]).not.toEqual(shared[2])
    const prefixes = apart.map((tokens, b) => Int32Array.from(tokens.slice(0, b)))
    const prefixed = await both({ ...settings, prefixes })
    expect(prefixed).toEqual({ shared: apart, apart })
  })
})

test('the end of each answer is told once, with the answer', () =>
  withGenerator({}, async (generator) => {
    const free = await generator.generate(prompts, { maxNewTokens: 8, stopTokens: [] })
    const ended: [number, number[]][] = []
    const answers = await generator.generate(prompts, {
      maxNewTokens: 8,
      stopTokens: [free[2][3]],
      prefixes: [0, 8, 0, 0].map((known, b) => free[b].subarray(0, known)),
      onEnd: (sequence, tokens) => ended.push([sequence, [...tokens]]),
    })
    expect(ended[0][0]).toBe(1)
    expect(ended.sort(([a], [b]) => a - b)).toEqual([...lists(answers).entries()])
  }))
