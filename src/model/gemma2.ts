import { defineArchitecture } from './architecture.ts'
import { buildGatedDecoder } from './gated-decoder.ts'
import type { GatedShape } from './gated-shape.ts'
import { readGemmaShape } from './gemma.ts'
import { readLayerAttention, slidingBut } from './layer-attention.ts'
import { readRotary } from './rotary/read-rotary.ts'

/**
 * Gemma 2: Gemma with norms before and after attention and feed-forward, every other layer in a window, and soft caps on
 * scores and logits. Source: transformers modeling_gemma2.
 */
export const gemma2 = defineArchitecture(
  ['gemma2'],
  (reader, modelType): GatedShape => {
    const shape = readGemmaShape(reader, modelType, { maxPositions: 8192 })
    const rotary = readRotary(reader, shape)
    const rotaries = { full: rotary, sliding: rotary }
    return {
      ...shape,
      attention: readLayerAttention(reader, shape.layers, slidingBut(2), rotaries),
      normPlace: 'both',
      attentionScale: reader.number('query_pre_attn_scalar', 256) ** -0.5,
      attentionCap: reader.unlessNull('attn_logit_softcapping', (key) => reader.number(key, 50)),
      logitCap: reader.unlessNull('final_logit_softcapping', (key) => reader.number(key, 30)),
    }
  },
  buildGatedDecoder,
)
