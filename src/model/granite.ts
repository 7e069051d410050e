import { defineArchitecture } from './architecture.ts'
import { buildGatedDecoder } from './gated-decoder.ts'
import { attentionBiases, type GatedShape, readGatedShape } from './gated-shape.ts'
import { alike } from './layer-attention.ts'
import { readRotary } from './rotary/read-rotary.ts'

/**
 * Granite: Llama with multipliers on embeddings, scores and what a block adds to the stream, and logits divided by
 * `logits_scaling`. Source: transformers modeling_granite.
 */
export const granite = defineArchitecture(
  ['granite'],
  (reader, modelType): GatedShape => {
    const shape = readGatedShape(reader, modelType)
    return {
      ...shape,
      attention: alike(shape.layers, null, readRotary(reader, shape)),
      biases: { ...attentionBiases(reader), feedForward: reader.flag('mlp_bias', false) },
      embeddingScale: reader.number('embedding_multiplier', 1),
      attentionScale: reader.number('attention_multiplier', 1),
      residualScale: reader.number('residual_multiplier', 1),
      headScale: 1 / reader.number('logits_scaling', 1),
    }
  },
  buildGatedDecoder,
)
