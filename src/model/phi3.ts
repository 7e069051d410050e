import { defineArchitecture } from './architecture.ts'
import { buildGatedDecoder } from './gated-decoder.ts'
import { type GatedShape, readGatedShape } from './gated-shape.ts'
import { alike, readWindow } from './layer-attention.ts'
import { partialRotary, readTurned } from './rotary/partial.ts'
import { readRotary } from './rotary/read-rotary.ts'

/**
 * Phi 3, 3.5 and 4: Llama with one stored layer for queries, keys and values and one for gate and up, rotary on a part of
 * each head, LongRoPE. Source: transformers modeling_phi3.
 */
export const phi3 = defineArchitecture(
  ['phi3'],
  (reader, modelType): GatedShape => {
    const shape = readGatedShape(reader, modelType, { maxPositions: 4096, epsilon: 1e-5 })
    const share = { key: 'partial_rotary_factor', share: 1 }
    const turned = readTurned(reader, shape.headDim, share)
    const fused = partialRotary(shape.headDim, readRotary(reader, { ...shape, headDim: turned }))
    const attention = alike(shape.layers, readWindow(reader, null), fused.rotary)
    return { ...shape, attention, fused }
  },
  buildGatedDecoder,
)
