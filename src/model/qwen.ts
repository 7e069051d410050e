import { defineArchitecture } from './architecture.ts'
import type { ConfigReader } from './config-reader.ts'
import { buildGatedDecoder } from './gated-decoder.ts'
import { attentionBiases, type GatedShape, readGatedShape } from './gated-shape.ts'
import {
  alike,
  type LayerAttention,
  type LayerType,
  readLayerAttention,
  readWindow,
} from './layer-attention.ts'
import { readRotary } from './rotary/read-rotary.ts'

/**
 * Qwen 2 and 2.5: Llama with biases on queries, keys and values. Qwen 3: RMSNorm of each head's query and key
 * instead. Upper layers may slide, where `use_sliding_window` says so. Source: transformers modeling_qwen2, modeling_qwen3.
 */
export const qwen = defineArchitecture(
  ['qwen2', 'qwen3'],
  (reader, modelType): GatedShape => {
    const isThree = modelType === 'qwen3'
    const shape = readGatedShape(reader, modelType, {
      maxPositions: 32768,
      ...(isThree && { headDim: 128 }),
    })
    return {
      ...shape,
      attention: slidingAbove(reader, shape),
      biases: isThree
        ? attentionBiases(reader)
        : { projections: true, output: false, feedForward: false },
      queryKeyNorm: isThree ? 'head' : null,
    }
  },
  buildGatedDecoder,
)

/** From layer `max_window_layers` on, unless `layer_types` says otherwise; `sliding_window` alone means nothing. */
function slidingAbove(
  reader: ConfigReader,
  shape: Omit<GatedShape, 'attention'>,
): LayerAttention[] {
  const rotary = readRotary(reader, shape)
  const slides = reader.flag('use_sliding_window', false) && readWindow(reader, 4096) !== null
  if (!slides) {
    reader.everyOf('layer_types', 'full_attention')
    return alike(shape.layers, null, rotary)
  }
  const first = reader.number('max_window_layers', 28)
  const type = (layer: number): LayerType =>
    layer < first ? 'full_attention' : 'sliding_attention'
  return readLayerAttention(reader, shape.layers, type, { full: rotary, sliding: rotary })
}
