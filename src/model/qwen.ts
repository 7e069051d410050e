import { defineArchitecture } from './architecture.ts'
import type { ConfigReader } from './config-reader.ts'
import { buildGatedDecoder } from './gated-decoder.ts'
import { attentionBiases, type GatedShape, readGatedShape } from './gated-shape.ts'

/**
 * Qwen 2 and 2.5: Llama with biases on queries, keys and values. Qwen 3: RMSNorm of each head's query and key
 * instead. Source: transformers modeling_qwen2, modeling_qwen3.
 */
export const qwen = defineArchitecture(
  ['qwen2', 'qwen3'],
  (reader, modelType): GatedShape => {
    requireFullAttention(reader)
    const defaults = { maxPositions: 32768 }
    if (modelType === 'qwen2')
      return {
        ...readGatedShape(reader, modelType, defaults),
        biases: { projections: true, output: false, feedForward: false },
      }
    return {
      ...readGatedShape(reader, modelType, { ...defaults, headDim: 128 }),
      biases: attentionBiases(reader),
      queryKeyNorm: 'head',
    }
  },
  buildGatedDecoder,
)

/** Windows on the upper layers only are not supported; `sliding_window` alone means nothing in these families. */
function requireFullAttention(reader: ConfigReader): void {
  reader.oneOf('use_sliding_window', [false])
  reader.everyOf('layer_types', 'full_attention')
}
