import { defineArchitecture } from './architecture.ts'
import { buildGatedDecoder } from './gated-decoder.ts'
import { attentionBiases, type GatedShape, readGatedShape } from './gated-shape.ts'
import { alike } from './layer-attention.ts'
import { readRotary } from './rotary/read-rotary.ts'

/**
 * OLMo: LayerNorm without weights, and queries, keys and values within ± `clip_qkv`. OLMo 2: RMSNorm on what a
 * block adds to the stream, and on whole queries and keys. Source: transformers modeling_olmo, modeling_olmo2.
 */
export const olmo = defineArchitecture(
  ['olmo', 'olmo2'],
  (reader, modelType): GatedShape => {
    const read = readGatedShape(reader, modelType, { epsilon: 1e-5 })
    const shape = {
      ...read,
      attention: alike(read.layers, null, readRotary(reader, read)),
      biases: attentionBiases(reader),
    }
    if (modelType === 'olmo2') return { ...shape, normPlace: 'after', queryKeyNorm: 'projection' }
    const clip = reader.has('clip_qkv') ? reader.number('clip_qkv', 1) : null
    // OLMo's ε is fixed, whatever the file says.
    return { ...shape, norm: 'plain', epsilon: 1e-5, clip }
  },
  buildGatedDecoder,
)
