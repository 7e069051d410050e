import { type ConfigReader, mostLayers } from './config-reader.ts'
import type { LayerAttention } from './layer-attention.ts'
import type { PartialRotary } from './rotary/partial.ts'

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
  initialRange: number
  /** One a layer. */
  attention: readonly LayerAttention[]
  /** What scores are multiplied with. */
  attentionScale: number
  /** Soft caps of scores and logits. */
  attentionCap: number | null
  logitCap: number | null
  /** One a position, which its queries are multiplied with; null: 1. */
  queryFactors: Float32Array | null
  epsilon: number
  /** The head is the embedding. */
  tied: boolean
  /** `onePlus`: RMSNorm by 1 + weight; `plain`: LayerNorm without weight and bias. */
  norm: 'rms' | 'onePlus' | 'plain'
  /** Whether norms stand before attention and feed-forward, or after them, on what they add to the stream. */
  normPlace: 'before' | 'after' | 'both'
  /** RMSNorm of queries and keys, over the whole projection or over each head. */
  queryKeyNorm: 'projection' | 'head' | null
  /** Queries, keys and values are kept within ± this. */
  clip: number | null
  embeddingScale: number
  /** What attention and feed-forward add to the stream is multiplied with. */
  residualScale: number
  /** What the normed stream is multiplied with before the head. */
  headScale: number
  /**
   * Queries, keys and values come from one stored layer, gate and up from another; how heads are then laid out. null: each
   * has its own.
   */
  fused: PartialRotary | null
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

/** Reads the options that all families of gated decoders share; the rest is as in Llama, save how layers attend. */
export function readGatedShape(
  reader: ConfigReader,
  modelType: string,
  defaults: GatedDefaults = {},
): Omit<GatedShape, 'attention'> {
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
  const width = reader.integer('head_dim', defaults.headDim ?? Math.floor(dim / heads))
  if (width % 2 !== 0) reader.reject('head_dim', 'an even number', width)
  // What is read after a refusal counts on pairs.
  const headDim = width + (width % 2)
  reader.oneOf('hidden_act', defaults.activations ?? ['silu'])
  return {
    modelType,
    dim,
    heads,
    keyValueHeads,
    vocab: reader.integer('vocab_size'),
    headDim,
    layers: reader.integer('num_hidden_layers', undefined, mostLayers),
    maxPositions: reader.integer('max_position_embeddings', defaults.maxPositions ?? 2048),
    hiddenDim: reader.integer('intermediate_size'),
    attentionScale: 1 / Math.sqrt(headDim),
    attentionCap: null,
    logitCap: null,
    queryFactors: null,
    epsilon: reader.number('rms_norm_eps', defaults.epsilon ?? 1e-6),
    tied: reader.flag('tie_word_embeddings', defaults.tied ?? false),
    initialRange: reader.number('initializer_range', 0.02),
    norm: 'rms',
    normPlace: 'before',
    queryKeyNorm: null,
    clip: null,
    embeddingScale: 1,
    residualScale: 1,
    headScale: 1,
    fused: null,
    activation: 'silu',
    biases: { projections: false, output: false, feedForward: false },
  }
}

/** Biases on all four layers of the attention, where `attention_bias` says so. */
export function attentionBiases(reader: ConfigReader): GatedShape['biases'] {
  const bias = reader.flag('attention_bias', false)
  return { projections: bias, output: bias, feedForward: false }
}
