import { describe, expect, test } from 'vitest'
import { UserError } from '../error.ts'
import { architectures, buildModel } from './architectures.ts'
import { plainFrequencies } from './rotary/rotary.ts'

const config = {
  model_type: 'llama',
  vocab_size: 30,
  hidden_size: 16,
  intermediate_size: 24,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
}

function problemsOf(options: Record<string, unknown>): readonly { path?: string; got: string }[] {
  try {
    buildModel({ ...config, ...options }, 'm/config.json')
  } catch (error) {
    if (error instanceof UserError) return error.problems
    throw error
  }
  return []
}

describe('buildModel', () => {
  test('refuses an unknown model_type, naming the known ones and the nearest', () => {
    expect(() => buildModel({ ...config, model_type: 'lama' }, 'm/config.json')).toThrow(
      'm/config.json model_type: expected one of llama, mistral, ministral, ministral3, olmo, olmo2, olmo3, qwen2, qwen3, gemma, gemma2, gemma3_text, phi, phi3, smollm3, granite, gpt_neox, gpt2, got "lama". Did you mean "llama"?',
    )
    expect(() => buildModel({ ...config, model_type: 'mamba' }, 'm/config.json')).toThrow(
      /expected one of llama, mistral, .*, got "mamba"$/,
    )
    expect(() => buildModel({}, 'm/config.json')).toThrow(/got nothing$/)
    const known = architectures.flatMap(({ modelTypes }) => modelTypes)
    expect(new Set(known).size).toBe(known.length)
  })

  test('names every unsupported option at once', () => {
    const problems = problemsOf({
      hidden_act: 'gelu',
      rope_scaling: { rope_type: 'dynamic', factor: 4 },
      num_key_value_heads: 3,
      vocab_size: '30',
      tie_word_embeddings: 'yes',
    })
    expect(problems).toMatchObject([
      { path: 'm/config.json num_key_value_heads', got: '3' },
      { path: 'm/config.json hidden_act', expected: '"silu"', got: '"gelu"' },
      { path: 'm/config.json vocab_size', expected: 'a positive integer', got: '"30"' },
      { path: 'm/config.json tie_word_embeddings', expected: 'true or false', got: '"yes"' },
      {
        path: 'm/config.json rope_scaling',
        expected: 'rope_type "default" or "linear" or "llama3" or "yarn" or "longrope" or "su"',
        got: '"dynamic"',
      },
    ])
  })

  test('names what a llama3 scaling lacks, and sizes that do not divide', () => {
    expect(
      problemsOf({
        rope_scaling: { rope_type: 'llama3', factor: 8, low_freq_factor: 1 },
        hidden_size: 18,
      }).map(({ path }) => path),
    ).toEqual([
      'm/config.json hidden_size',
      'm/config.json rope_scaling.high_freq_factor',
      'm/config.json rope_scaling.original_max_position_embeddings',
    ])
    expect(problemsOf({ head_dim: 5 })).toMatchObject([{ expected: 'an even number', got: '5' }])
    expect(problemsOf({ num_hidden_layers: undefined })).toMatchObject([{ got: 'nothing' }])
  })

  test('takes null for what is not set, as transformers writes it', () => {
    const model = buildModel(
      { ...config, num_key_value_heads: null, head_dim: null, rope_scaling: null },
      'config.json',
    )
    expect(model).toMatchObject({ keyValueHeads: 4, headDim: 4, maxPositions: 2048 })
  })

  test('has the tensors of a Hugging Face folder', () => {
    const { parameters, linears, headWeight } = buildModel(
      { ...config, attention_bias: true, head_dim: 6 },
      'config.json',
    )
    expect(parameters.size).toBe(2 * (7 + 4 + 2) + 3)
    expect(parameters.get('model.layers.1.self_attn.q_proj.weight')).toEqual([24, 16])
    expect(parameters.get('model.layers.1.self_attn.k_proj.bias')).toEqual([12])
    expect(parameters.get('model.layers.0.self_attn.o_proj.weight')).toEqual([16, 24])
    expect(parameters.get('model.layers.0.mlp.down_proj.weight')).toEqual([16, 24])
    expect(parameters.get('lm_head.weight')).toEqual([30, 16])
    expect(parameters.has('model.layers.0.mlp.down_proj.bias')).toBe(false)
    expect(linears.length).toBe(14)
    expect(headWeight).toBe('lm_head.weight')
    const tied = buildModel({ ...config, tie_word_embeddings: true }, 'config.json')
    expect(tied.headWeight).toBe('model.embed_tokens.weight')
    expect(tied.parameters.has('lm_head.weight')).toBe(false)
  })
})

describe('mask', () => {
  const shown = (options: Record<string, unknown>, seq: number) => {
    const mask = buildModel({ ...config, ...options }, 'config.json').mask(seq)
    return Array.from({ length: seq }, (_, i) =>
      [...mask.subarray(i * seq, (i + 1) * seq)].map((value) => (value === 0 ? '1' : '.')).join(''),
    )
  }

  test('is causal', () => {
    expect(shown({}, 4)).toEqual(['1...', '11..', '111.', '1111'])
    expect(shown({}, 1)).toEqual(['1'])
  })

  test('slides with a window of Mistral: the token itself and window − 1 before it', () => {
    const mistral = { model_type: 'mistral', sliding_window: 3 }
    expect(shown(mistral, 5)).toEqual(['1....', '11...', '111..', '.111.', '..111'])
    expect(shown({ model_type: 'mistral', sliding_window: null }, 3)).toEqual(['1..', '11.', '111'])
    // What transformers takes where the file says nothing.
    expect(buildModel({ ...config, model_type: 'mistral' }, 'config.json').windows).toEqual([4096])
    // A Llama has no window, whatever its file says.
    expect(shown({ sliding_window: 1 }, 3)).toEqual(['1..', '11.', '111'])
  })

  test('is finite and below any score', () => {
    const mask = buildModel(config, 'config.json').mask(2)
    expect(mask[1]).toBe(-1e9)
  })
})

describe('rotary tables', () => {
  test('turn pair i by position · theta^(−2i/d)', () => {
    const model = buildModel({ ...config, head_dim: 8, rope_theta: 100 }, 'config.json')
    const { cos, sin, width, positions } = model.rotaryTables(5)
    expect([width, positions]).toEqual([4, 5])
    for (let position = 0; position < 5; position++)
      for (let i = 0; i < 4; i++) {
        const angle = position * 100 ** ((-2 * i) / 8)
        expect(cos[position * 4 + i]).toBeCloseTo(Math.cos(angle), 6)
        expect(sin[position * 4 + i]).toBeCloseTo(Math.sin(angle), 6)
      }
  })

  test('stretch by llama3 in three bands: kept, blended, divided by the factor', () => {
    const rope_scaling = {
      rope_type: 'llama3',
      factor: 8,
      low_freq_factor: 1,
      high_freq_factor: 4,
      original_max_position_embeddings: 32,
    }
    const plain = plainFrequencies(16, 10000)
    const model = buildModel({ ...config, head_dim: 16, rope_scaling }, 'config.json')
    const stretched = model.rotaries[0].frequencies
    // Wavelengths 6.28, 19.9, 62.8, …: shorter than 32/4, between, longer than 32/1.
    expect(stretched[0]).toBe(plain[0])
    const smooth = (32 / 19.8691769 - 1) / 3
    expect(stretched[1]).toBeCloseTo(((1 - smooth) * 0.316227766) / 8 + smooth * 0.316227766, 7)
    for (let i = 2; i < 8; i++) expect(stretched[i]).toBeCloseTo(plain[i] / 8, 9)
  })

  test('read the settings under their old and their new names', () => {
    const llama3 = {
      factor: 8,
      low_freq_factor: 1,
      high_freq_factor: 4,
      original_max_position_embeddings: 32,
    }
    const tables = (options: Record<string, unknown>) =>
      buildModel({ ...config, head_dim: 16, ...options }, 'config.json').rotaryTables(6)
    const old = tables({ rope_theta: 500, rope_scaling: { rope_type: 'llama3', ...llama3 } })
    expect(tables({ rope_theta: 500, rope_scaling: { type: 'llama3', ...llama3 } })).toEqual(old)
    expect(
      tables({ rope_parameters: { rope_type: 'llama3', rope_theta: 500, ...llama3 } }),
    ).toEqual(old)
    expect(tables({ rope_theta: 500 })).not.toEqual(old)
  })
})

describe('fresh weights', () => {
  const model = buildModel(
    {
      ...config,
      hidden_size: 64,
      intermediate_size: 64,
      attention_bias: true,
      initializer_range: 0.1,
    },
    'config.json',
  )
  const deviation = (name: string) => {
    const values = model.initialValue(name, 1)
    return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length)
  }

  test('are normal with initializer_range, smaller where they write into the residual stream', () => {
    expect(deviation('model.layers.0.mlp.up_proj.weight')).toBeCloseTo(0.1, 2)
    expect(deviation('model.embed_tokens.weight')).toBeCloseTo(0.1, 2)
    for (const name of ['self_attn.o_proj', 'mlp.down_proj'])
      expect(deviation(`model.layers.1.${name}.weight`)).toBeCloseTo(0.1 / Math.sqrt(4), 2)
  })

  test('norms are 1, biases 0', () => {
    expect(new Set(model.initialValue('model.norm.weight', 1))).toEqual(new Set([1]))
    expect(new Set(model.initialValue('model.layers.0.self_attn.q_proj.bias', 1))).toEqual(
      new Set([0]),
    )
  })

  test('depend on the seed and the name only', () => {
    const name = 'model.layers.0.mlp.up_proj.weight'
    expect(model.initialValue(name, 1)).toEqual(model.initialValue(name, 1))
    expect(model.initialValue(name, 2)).not.toEqual(model.initialValue(name, 1))
    expect(model.initialValue('model.layers.1.mlp.up_proj.weight', 1)).not.toEqual(
      model.initialValue(name, 1),
    )
  })
})
