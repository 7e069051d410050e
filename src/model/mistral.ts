import { defineArchitecture } from './architecture.ts'
import { buildGatedDecoder } from './gated-decoder.ts'
import { attentionBiases, type GatedShape, readGatedShape } from './gated-shape.ts'
import { alike, type LayerType, readLayerAttention, readWindow } from './layer-attention.ts'
import { readRotary } from './rotary/read-rotary.ts'

/**
 * Mistral: Llama in a window. Ministral: layers of which some may see everything. Source: transformers modeling_mistral,
 * modeling_ministral.
 */
export const mistral = defineArchitecture(
  ['mistral', 'ministral'],
  (reader, modelType): GatedShape => {
    const shape = readGatedShape(reader, modelType)
    const rotary = readRotary(reader, shape)
    const type = (): LayerType =>
      reader.unlessNull('sliding_window', () => 'sliding_attention') ?? 'full_attention'
    return {
      ...shape,
      attention:
        modelType === 'ministral'
          ? readLayerAttention(reader, shape.layers, type, { full: rotary, sliding: rotary })
          : alike(shape.layers, readWindow(reader, 4096), rotary),
      biases: { ...attentionBiases(reader), feedForward: reader.flag('mlp_bias', false) },
    }
  },
  buildGatedDecoder,
)
