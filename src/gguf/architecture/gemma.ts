import type { JsonObject } from '../../checkpoint/json-text.ts'
import { decoderConfig } from '../decoder-config.ts'
import { decoderMetadata, linearScaling } from '../decoder-metadata.ts'
import type { GgufFile } from '../gguf-file.ts'
import type { MetadataReader } from '../metadata.ts'
import { requireEvery, requireOption } from '../requirement.ts'
import { llamaNames } from '../tensor-names.ts'
import { float32, type TypedMetadata } from '../typed-values.ts'
import type { Conversion, GgufArchitecture, WrittenModel } from './gguf-architecture.ts'

/** Gemma's norms multiply by 1 + weight; llama.cpp's by the weight. */
function onePlus(name: string): Conversion | null {
  if (!name.endsWith('norm.weight')) return null
  return { write: (values) => values.map((x) => x + 1), read: (values) => values.map((x) => x - 1) }
}

const normsAround = {
  ...llamaNames,
  inLayer: {
    ...llamaNames.inLayer,
    post_attention_norm: 'post_attention_layernorm',
    ffn_norm: 'pre_feedforward_layernorm',
    post_ffw_norm: 'post_feedforward_layernorm',
  },
}

async function gemmaConfig(
  id: string,
  file: GgufFile,
  metadata: MetadataReader,
): Promise<JsonObject> {
  const config = await decoderConfig(id, file, metadata)
  const activation = 'gelu_pytorch_tanh'
  return { ...config, hidden_act: activation, hidden_activation: activation }
}

function requirePlain(written: WrittenModel): void {
  const { config, model } = written
  requireOption(written, 'attention_bias', 'false', config.attention_bias !== true)
  requireOption(written, 'tie_word_embeddings', 'true', model.headWeight === model.embeddingWeight)
}

/** By what queries are divided, squared: as wide as a head is, but in the largest model of a generation. */
const scoreDivisor = (largest: number, layers: number, width: { head: number; part: number }) =>
  layers === largest ? width.part : width.head

function requireScale(written: WrittenModel, largest: number): void {
  const { config, model } = written
  const { dim, layers, headDim: head } = model
  const wanted = scoreDivisor(largest, layers, {
    head,
    part: dim / Number(config.num_attention_heads),
  })
  const own = config.query_pre_attn_scalar ?? 256
  requireOption(written, 'query_pre_attn_scalar', String(wanted), own === wanted)
}

function scaleOf(largest: number, config: JsonObject): JsonObject {
  const [layers, dim, heads, head] = [
    'num_hidden_layers',
    'hidden_size',
    'num_attention_heads',
    'head_dim',
  ].map((key) => Number(config[key]))
  return { query_pre_attn_scalar: scoreDivisor(largest, layers, { head, part: dim / heads }) }
}

/** Gemma. Source: llama.cpp, conversion/gemma.py (`GemmaModel`). */
export const gemma: GgufArchitecture = {
  id: 'gemma',
  modelTypes: ['gemma'],
  config: async (file, metadata) => ({
    model_type: 'gemma',
    architectures: ['GemmaForCausalLM'],
    ...(await gemmaConfig('gemma', file, metadata)),
  }),
  metadata(written) {
    requirePlain(written)
    return decoderMetadata('gemma', written)
  },
  names: llamaNames,
  conversion: onePlus,
}

/** Gemma 2. Source: llama.cpp, conversion/gemma.py (`Gemma2Model`), src/models/gemma2.cpp. */
export const gemma2: GgufArchitecture = {
  id: 'gemma2',
  modelTypes: ['gemma2'],
  async config(file, metadata) {
    const config = await gemmaConfig('gemma2', file, metadata)
    return {
      ...{ model_type: 'gemma2', architectures: ['Gemma2ForCausalLM'], ...config },
      ...scaleOf(46, config),
      sliding_window: metadata.numberOr('gemma2.attention.sliding_window', 4096),
      attn_logit_softcapping: metadata.numberOr('gemma2.attn_logit_softcapping', 50),
      final_logit_softcapping: metadata.numberOr('gemma2.final_logit_softcapping', 30),
    }
  },
  metadata(written) {
    requirePlain(written)
    requireEvery(written, 2)
    requireScale(written, 46)
    const { attn_logit_softcapping: attention = 50, final_logit_softcapping: final = 30 } =
      written.config
    requireOption(written, 'attn_logit_softcapping', 'a number', typeof attention === 'number')
    requireOption(written, 'final_logit_softcapping', 'a number', typeof final === 'number')
    return {
      ...decoderMetadata('gemma2', written, { slides: true }),
      'gemma2.attn_logit_softcapping': float32(Number(attention)),
      'gemma2.final_logit_softcapping': float32(Number(final)),
    }
  },
  names: normsAround,
  conversion: onePlus,
}

/** Gemma 3 without pictures. Source: llama.cpp, conversion/gemma.py (`Gemma3Model`), src/models/gemma3.cpp. */
export const gemma3: GgufArchitecture = {
  id: 'gemma3',
  modelTypes: ['gemma3_text'],
  async config(file, metadata) {
    const config = await gemmaConfig('gemma3', file, metadata)
    const cap = metadata.numberOr('gemma3.final_logit_softcapping', null)
    return {
      ...{ model_type: 'gemma3_text', architectures: ['Gemma3ForCausalLM'], ...config },
      ...scaleOf(62, config),
      rope_theta: metadata.numberOr('gemma3.rope.freq_base', 1e6),
      rope_local_base_freq: metadata.numberOr('gemma3.rope.freq_base_swa', 10000),
      sliding_window: metadata.number('gemma3.attention.sliding_window'),
      sliding_window_pattern: 6,
      ...(cap !== null && { final_logit_softcapping: cap }),
    }
  },
  metadata(written) {
    requirePlain(written)
    requireEvery(written, 6)
    requireScale(written, 62)
    const { final_logit_softcapping: cap } = written.config
    return {
      ...decoderMetadata('gemma3', written, { slides: true, rotary: twoBases(written) }),
      ...(typeof cap === 'number' && { 'gemma3.final_logit_softcapping': float32(cap) }),
    }
  },
  names: {
    ...normsAround,
    inLayer: {
      ...normsAround.inLayer,
      attn_q_norm: 'self_attn.q_norm',
      attn_k_norm: 'self_attn.k_norm',
    },
  },
  conversion: onePlus,
}

/** Layers that see everything and layers that slide turn by bases of their own; only the first may be stretched. */
function twoBases(written: WrittenModel): TypedMetadata {
  const { config } = written
  const section = (value: unknown) => (value ?? {}) as JsonObject
  const byType = config.rope_parameters ? section(config.rope_parameters) : null
  const full = section(byType ? byType.full_attention : config.rope_scaling)
  const sliding = section(byType?.sliding_attention)
  const type = full.rope_type ?? full.type ?? 'default'
  const isKnown = type === 'default' || type === 'linear'
  requireOption(written, byType ? 'rope_parameters' : 'rope_scaling', 'default or linear', isKnown)
  return {
    ...(type === 'linear' && linearScaling('gemma3', Number(full.factor))),
    'gemma3.rope.freq_base': float32(Number(full.rope_theta ?? config.rope_theta ?? 1e6)),
    'gemma3.rope.freq_base_swa': float32(
      Number(sliding.rope_theta ?? config.rope_local_base_freq ?? 10000),
    ),
  }
}
