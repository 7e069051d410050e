import { describe, expect, test } from 'vitest'
import { UserError } from '../error.ts'
import { buildModel } from './architectures.ts'

const config = {
  vocab_size: 30,
  hidden_size: 16,
  intermediate_size: 24,
  num_hidden_layers: 2,
  num_attention_heads: 4,
}

const build = (modelType: string, options: Record<string, unknown> = {}) =>
  buildModel({ ...config, model_type: modelType, ...options }, 'm/config.json')

/** The options that are refused. */
function refused(modelType: string, options: Record<string, unknown>): string[] {
  try {
    build(modelType, options)
  } catch (error) {
    if (error instanceof UserError)
      return error.problems.map(({ path }) => String(path).replace('m/config.json ', ''))
    throw error
  }
  return []
}

describe('options that are not supported are refused by name', () => {
  test.each([
    ['qwen2', 'layer_types', ['full_attention', 'linear_attention']],
    ['qwen3', 'layer_types', ['full_attention', 'sliding_attention']],
    ['qwen3', 'hidden_act', 'gelu'],
    ['olmo', 'clip_qkv', 'much'],
    ['olmo2', 'rope_scaling', { rope_type: 'dynamic', factor: 2 }],
    ['gemma', 'hidden_act', 'silu'],
    ['phi', 'qk_layernorm', true],
    ['phi', 'partial_rotary_factor', 0.8],
    ['phi', 'hidden_act', 'relu'],
    ['gpt_neox', 'rotary_pct', 0],
    ['phi', 'hidden_size', 20],
    ['gpt2', 'scale_attn_by_inverse_layer_idx', true],
    ['gpt2', 'add_cross_attention', true],
    ['gpt2', 'n_embd', 7],
    ['gemma', 'use_bidirectional_attention', true],
    ['gemma2', 'layer_types', ['full_attention']],
    ['gemma2', 'final_logit_softcapping', 'much'],
    ['gemma3_text', 'attn_logit_softcapping', 50],
    ['gemma3_text', 'layer_types', ['full_attention', 'chunked_attention']],
    ['ministral', 'sliding_window', 0],
    ['smollm3', 'no_rope_layers', [1]],
    ['phi3', 'partial_rotary_factor', 0.3],
    ['granite', 'logits_scaling', 'none'],
    ['olmo3', 'sliding_window', 'wide'],
    ['ministral3', 'rope_parameters', { rope_type: 'default' }],
  ])('%s %s', (modelType, key, value) => {
    expect(refused(modelType, { [key]: value })).toEqual([key])
  })
})

describe('options that change nothing are taken', () => {
  test.each([
    ['qwen2', { use_sliding_window: false, sliding_window: 8, max_window_layers: 1 }],
    ['qwen3', { layer_types: ['full_attention', 'full_attention'], attention_dropout: 0.1 }],
    ['olmo', { clip_qkv: null, rms_norm_eps: 0.5 }],
    ['gemma', { hidden_act: 'gelu', hidden_activation: null }],
    ['gemma2', { attn_logit_softcapping: null, final_logit_softcapping: null }],
    ['smollm3', { use_sliding_window: true, sliding_window: null, no_rope_layers: [1, 1, 0] }],
    ['phi3', { original_max_position_embeddings: 4096, sliding_window: null }],
  ])('%s %o', (modelType, options) => {
    expect(refused(modelType, options)).toEqual([])
    expect(build(modelType, options).mask(3)[6]).toBe(0)
  })
})

test('sizes that a file leaves out are those of transformers', () => {
  expect(build('gemma')).toMatchObject({ headDim: 256, maxPositions: 8192 })
  expect(build('gemma').headWeight).toBe('model.embed_tokens.weight')
  expect(build('qwen3')).toMatchObject({ headDim: 128, maxPositions: 32768 })
  expect(build('olmo2')).toMatchObject({ headDim: 4, headWeight: 'lm_head.weight' })
})

/** Each layer's window, and whether its positions turn anything. */
const layersOf = (modelType: string, options: Record<string, unknown>) => {
  const { windows, rotaries } = build(modelType, { num_hidden_layers: 6, ...options })
  return { windows, turning: rotaries.map(({ frequencies }) => frequencies[0] > 0) }
}

test('layers that a file does not name attend as in transformers', () => {
  expect(layersOf('gemma2', {})).toEqual({ windows: [4096, null], turning: [true] })
  expect(layersOf('gemma3_text', {})).toEqual({ windows: [4096, null], turning: [true, true] })
  expect(layersOf('olmo3', {})).toEqual({ windows: [4096, null], turning: [true, true] })
  expect(layersOf('smollm3', {})).toEqual({ windows: [null], turning: [true, false] })
  expect(layersOf('ministral', {})).toEqual({ windows: [4096], turning: [true] })
  expect(layersOf('ministral', { sliding_window: null }).windows).toEqual([null])
  const upper = { use_sliding_window: true, sliding_window: 8, max_window_layers: 4 }
  expect(layersOf('qwen3', upper).windows).toEqual([null, 8])
  expect(layersOf('qwen3', { ...upper, max_window_layers: 0 }).windows).toEqual([8])
  expect(layersOf('qwen2', { use_sliding_window: true, max_window_layers: 4 }).windows).toEqual([
    null,
    4096,
  ])
  // Without `use_sliding_window` it has no window.
  expect(layersOf('qwen3', { ...upper, use_sliding_window: false }).windows).toEqual([null])
})

test('a mask for each window', () => {
  const model = build('gemma2', { sliding_window: 2 })
  expect([...model.mask(3, 0)].map((value) => value === 0)).toEqual(
    [1, 0, 0, 1, 1, 0, 0, 1, 1].map(Boolean),
  )
  expect([...model.mask(3, 1)].map((value) => value === 0)).toEqual(
    [1, 0, 0, 1, 1, 0, 1, 1, 1].map(Boolean),
  )
})

test('GPT-2 has its names with and without their prefix, and its head is the embedding', () => {
  const sizes = { model_type: 'gpt2', n_embd: 16, n_head: 2, n_layer: 1, n_positions: 8 }
  const first = buildModel({ ...config, ...sizes }, 'config.json', (name) => name === 'wte.weight')
  const saved = buildModel({ ...config, ...sizes }, 'config.json', () => false)
  expect(first.headWeight).toBe('wte.weight')
  expect([...first.parameters].map(([name, shape]) => [`transformer.${name}`, shape])).toEqual([
    ...saved.parameters,
  ])
  expect(saved.parameters.get('transformer.h.0.attn.c_attn.weight')).toEqual([16, 48])
  expect(saved.copies.get('lm_head.weight')).toBe('transformer.wte.weight')
})

test('a share of each head turns, under the old and the new names of the options', () => {
  const sizes = { hidden_size: 32, num_attention_heads: 2 }
  const old = build('gpt_neox', { ...sizes, rotary_pct: 0.25, rotary_emb_base: 500 })
  const now = build('gpt_neox', {
    ...sizes,
    rope_parameters: { rope_type: 'default', rope_theta: 500, partial_rotary_factor: 0.25 },
  })
  expect(old.rotaryTables(4)).toEqual(now.rotaryTables(4))
  const { width, cos } = build('phi', sizes).rotaryTables(2)
  // Half of 16 components turn: 4 pairs of 8.
  expect([...cos.subarray(width)].map((value) => value < 1)).toEqual(
    Array.from({ length: width }, (_, i) => i < 4),
  )
})

test('a norm by 1 + weight starts at weight 0, one by weight at 1', () => {
  const norm = 'model.layers.0.input_layernorm.weight'
  expect(new Set(build('gemma').initialValue(norm, 1))).toEqual(new Set([0]))
  expect(new Set(build('qwen2').initialValue(norm, 1))).toEqual(new Set([1]))
})
