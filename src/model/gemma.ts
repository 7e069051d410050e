import { defineArchitecture } from './architecture.ts'
import type { ConfigReader } from './config-reader.ts'
import { buildGatedDecoder } from './gated-decoder.ts'
import {
  attentionBiases,
  type GatedDefaults,
  type GatedShape,
  readGatedShape,
} from './gated-shape.ts'
import { alike } from './layer-attention.ts'
import { readRotary } from './rotary/read-rotary.ts'

/** `gelu` in a Gemma file means the tanh form too, as transformers reads it. */
const activations = ['gelu_pytorch_tanh', 'gelu']

/** What all Gemmas have in common: RMSNorm by 1 + weight, embeddings times √dim, a gated feed-forward with gelu. */
export function readGemmaShape(
  reader: ConfigReader,
  modelType: string,
  defaults: GatedDefaults,
): Omit<GatedShape, 'attention'> {
  const shape = readGatedShape(reader, modelType, {
    headDim: 256,
    tied: true,
    activations,
    ...defaults,
  })
  reader.oneOf('hidden_activation', activations)
  reader.oneOf('use_bidirectional_attention', [false])
  return {
    ...shape,
    norm: 'onePlus',
    embeddingScale: Math.sqrt(shape.dim),
    activation: 'geluTanh',
    biases: attentionBiases(reader),
  }
}

/** The first Gemma is no more than that. Source: transformers modeling_gemma. */
export const gemma = defineArchitecture(
  ['gemma'],
  (reader, modelType): GatedShape => {
    const shape = readGemmaShape(reader, modelType, { maxPositions: 8192 })
    return { ...shape, attention: alike(shape.layers, null, readRotary(reader, shape)) }
  },
  buildGatedDecoder,
)
