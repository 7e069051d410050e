import type { ConfigReader } from './config-reader.ts'
import { type RotaryConfig, readRotaryConfig } from './rotary-tables.ts'

/** Everything in which the families of gated decoders differ. */
export interface GatedShape {
  modelType: string
  dim: number
  heads: number
  keyValueHeads: number
  headDim: number
  vocab: number
  layers: number
  hiddenDim: number
  maxPositions: number
  window: number | null
  initialRange: number
  rotary: RotaryConfig
  epsilon: number
  /** The head is the embedding. */
  tied: boolean
  /** `onePlus`: RMSNorm by 1 + weight; `plain`: LayerNorm without weight and bias. */
  norm: 'rms' | 'onePlus' | 'plain'
  /** Whether norms stand before attention and feed-forward, or after them, on what they add to the stream. */
  normPlace: 'before' | 'after'
  /** RMSNorm of queries and keys, over the whole projection or over each head. */
  queryKeyNorm: 'projection' | 'head' | null
  /** Queries, keys and values are kept within ± this. */
  clip: number | null
  embeddingScale: number
  activation: 'silu' | 'geluTanh'
  biases: { projections: boolean; output: boolean; feedForward: boolean }
}

/** What a family's transformers configuration says where the file says nothing. */
export interface GatedDefaults {
  headDim?: number
  maxPositions?: number
  epsilon?: number
  tied?: boolean
  /** Names of the activation that the family may give. */
  activations?: readonly string[]
}

/** Reads the options that all families of gated decoders share; the rest is as in Llama. */
export function readGatedShape(
  reader: ConfigReader,
  modelType: string,
  defaults: GatedDefaults = {},
): GatedShape {
  const dim = reader.integer('hidden_size')
  const heads = reader.integer('num_attention_heads')
  const keyValueHeads = reader.integer('num_key_value_heads', heads)
  const hasHeadDim = reader.has('head_dim') || defaults.headDim !== undefined
  if (!hasHeadDim && dim % heads !== 0)
    reader.reject('hidden_size', `a multiple of num_attention_heads = ${heads}`, dim)
  if (heads % keyValueHeads !== 0)
    reader.reject(
      'num_key_value_heads',
      `a divisor of num_attention_heads = ${heads}`,
      keyValueHeads,
    )
  const headDim = reader.integer('head_dim', defaults.headDim ?? Math.floor(dim / heads))
  if (headDim % 2 !== 0) reader.reject('head_dim', 'an even number', headDim)
  reader.oneOf('hidden_act', defaults.activations ?? ['silu'])
  return {
    modelType,
    dim,
    heads,
    keyValueHeads,
    headDim,
    vocab: reader.integer('vocab_size'),
    layers: reader.integer('num_hidden_layers'),
    hiddenDim: reader.integer('intermediate_size'),
    maxPositions: reader.integer('max_position_embeddings', defaults.maxPositions ?? 2048),
    window: null,
    epsilon: reader.number('rms_norm_eps', defaults.epsilon ?? 1e-6),
    tied: reader.flag('tie_word_embeddings', defaults.tied ?? false),
    initialRange: reader.number('initializer_range', 0.02),
    rotary: readRotaryConfig(reader),
    norm: 'rms',
    normPlace: 'before',
    queryKeyNorm: null,
    clip: null,
    embeddingScale: 1,
    activation: 'silu',
    biases: { projections: false, output: false, feedForward: false },
  }
}

/** Biases on all four layers of the attention, where `attention_bias` says so. */
export function attentionBiases(reader: ConfigReader): GatedShape['biases'] {
  const bias = reader.flag('attention_bias', false)
  return { projections: bias, output: bias, feedForward: false }
}
