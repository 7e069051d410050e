import { defineArchitecture } from './architecture.ts'
import { buildGatedDecoder } from './gated-decoder.ts'
import type { GatedShape } from './gated-shape.ts'
import { readGemmaShape } from './gemma.ts'
import { readLayerAttention, slidingBut } from './layer-attention.ts'
import { readRotaryByLayerType } from './rotary/read-rotary.ts'

/**
 * Gemma 3 without pictures: Gemma with norms before and after attention and feed-forward, RMSNorm of each head's query
 * and key, and five layers in a window to one that sees everything, each kind with a rotary base of its own.
 *
 * Source: transformers modeling_gemma3, `Gemma3ForCausalLM`, which has no cap on scores.
 */
export const gemma3 = defineArchitecture(
  ['gemma3_text'],
  (reader, modelType): GatedShape => {
    const shape = readGemmaShape(reader, modelType, { maxPositions: 131072 })
    const rotaries = readRotaryByLayerType(reader, shape, {
      full: { theta: 1e6 },
      sliding: { thetaKey: 'rope_local_base_freq' },
    })
    const every = reader.integer('sliding_window_pattern', 6)
    const cap = 'final_logit_softcapping'
    reader.oneOf('attn_logit_softcapping', [])
    return {
      ...shape,
      attention: readLayerAttention(reader, shape.layers, slidingBut(every), rotaries),
      normPlace: 'both',
      queryKeyNorm: 'head',
      attentionScale: reader.number('query_pre_attn_scalar', 256) ** -0.5,
      logitCap: reader.has(cap) ? reader.number(cap, 0) : null,
    }
  },
  buildGatedDecoder,
)
