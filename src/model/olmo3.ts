import { defineArchitecture } from './architecture.ts'
import { buildGatedDecoder } from './gated-decoder.ts'
import { attentionBiases, type GatedShape, readGatedShape } from './gated-shape.ts'
import { readLayerAttention, slidingBut } from './layer-attention.ts'
import { readRotaryByLayerType } from './rotary/read-rotary.ts'

/**
 * OLMo 3: OLMo 2 with three layers in a window to one that sees everything; only that one's positions are stretched.
 * Source: transformers modeling_olmo3.
 */
export const olmo3 = defineArchitecture(
  ['olmo3'],
  (reader, modelType): GatedShape => {
    const shape = readGatedShape(reader, modelType, { epsilon: 1e-5 })
    const base = { theta: 500000 }
    const rotaries = readRotaryByLayerType(reader, shape, { full: base, sliding: base })
    return {
      ...shape,
      attention: readLayerAttention(reader, shape.layers, slidingBut(4), rotaries),
      biases: attentionBiases(reader),
      normPlace: 'after',
      queryKeyNorm: 'projection',
    }
  },
  buildGatedDecoder,
)
