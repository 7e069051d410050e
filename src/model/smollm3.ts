import { defineArchitecture } from './architecture.ts'
import type { ConfigReader } from './config-reader.ts'
import { buildGatedDecoder } from './gated-decoder.ts'
import { attentionBiases, type GatedShape, readGatedShape } from './gated-shape.ts'
import { type LayerAttention, type LayerType, readLayerAttention } from './layer-attention.ts'
import { readRotary } from './rotary/read-rotary.ts'
import { unturned } from './rotary/rotary.ts'

/**
 * SmolLM3: Llama whose every fourth layer turns nothing by its position. Source: transformers modeling_smollm3.
 */
export const smollm3 = defineArchitecture(
  ['smollm3'],
  (reader, modelType): GatedShape => {
    const shape = readGatedShape(reader, modelType, { maxPositions: 32768, tied: true })
    return {
      ...shape,
      attention: readAttention(reader, shape),
      biases: { ...attentionBiases(reader), feedForward: reader.flag('mlp_bias', false) },
    }
  },
  buildGatedDecoder,
)

/** Layers turn by position where `no_rope_layers` has a 1; the others slide, where `use_sliding_window` says so. */
function readAttention(
  reader: ConfigReader,
  shape: Omit<GatedShape, 'attention'>,
): LayerAttention[] {
  const { headDim, layers } = shape
  const interval = reader.integer('no_rope_layer_interval', 4)
  const isBit = (item: unknown): item is number => item === 0 || item === 1
  const turns =
    reader.list('no_rope_layers', layers, isBit, '0 or 1') ??
    Array.from({ length: layers }, (_, layer) => Number((layer + 1) % interval !== 0))
  const rotary = readRotary(reader, shape, { theta: 2e6 })
  const still = unturned(headDim)
  const slides = reader.flag('use_sliding_window', false) && reader.has('sliding_window')
  const type = (layer: number): LayerType =>
    slides && turns[layer] === 0 ? 'sliding_attention' : 'full_attention'
  const rotaries = { full: rotary, sliding: rotary }
  return readLayerAttention(reader, layers, type, rotaries).map(({ window }, layer) => ({
    window,
    rotary: turns[layer] === 0 ? still : rotary,
  }))
}
