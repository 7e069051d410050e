import { defineArchitecture } from './architecture.ts'
import { buildGatedDecoder } from './gated-decoder.ts'
import { attentionBiases, type GatedShape, readGatedShape } from './gated-shape.ts'

/** `gelu` in a Gemma file means the tanh form too, as transformers reads it. */
const activations = ['gelu_pytorch_tanh', 'gelu']

/**
 * Gemma: RMSNorm by 1 + weight, embeddings times √dim, a gated feed-forward with gelu.
 * Source: transformers modeling_gemma.
 */
export const gemma = defineArchitecture(
  ['gemma'],
  (reader, modelType): GatedShape => {
    const defaults = { headDim: 256, maxPositions: 8192, tied: true, activations }
    const shape = readGatedShape(reader, modelType, defaults)
    reader.oneOf('hidden_activation', activations)
    reader.oneOf('use_bidirectional_attention', [false])
    return {
      ...shape,
      norm: 'onePlus',
      embeddingScale: Math.sqrt(shape.dim),
      activation: 'geluTanh',
      biases: attentionBiases(reader),
    }
  },
  buildGatedDecoder,
)
