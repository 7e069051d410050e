import { defineArchitecture } from './architecture.ts'
import { buildGatedDecoder } from './gated-decoder.ts'
import { attentionBiases, type GatedShape, readGatedShape } from './gated-shape.ts'
import { alike } from './layer-attention.ts'
import { readRotary } from './rotary/read-rotary.ts'

/** Llama: pre-norm blocks, rotary positions, grouped-query attention, SwiGLU. Source: transformers modeling_llama. */
export const llama = defineArchitecture(
  ['llama'],
  (reader, modelType): GatedShape => {
    const shape = readGatedShape(reader, modelType)
    return {
      ...shape,
      attention: alike(shape.layers, null, readRotary(reader, shape)),
      biases: { ...attentionBiases(reader), feedForward: reader.flag('mlp_bias', false) },
    }
  },
  buildGatedDecoder,
)
