import { defineArchitecture } from './architecture.ts'
import type { ConfigReader } from './config-reader.ts'
import { buildGatedDecoder } from './gated-decoder.ts'
import { type GatedShape, readGatedShape } from './gated-shape.ts'
import { alike, readWindow } from './layer-attention.ts'
import { readRotary } from './rotary/read-rotary.ts'

/**
 * Ministral 3: Llama with YaRN, whose queries grow with their position. Source: transformers modeling_ministral3.
 */
export const ministral3 = defineArchitecture(
  ['ministral3'],
  (reader, modelType): GatedShape => {
    const sizes = { headDim: 128, maxPositions: 262144, epsilon: 1e-5 }
    const shape = readGatedShape(reader, modelType, sizes)
    const rotary = readRotary(reader, shape)
    return {
      ...shape,
      attention: alike(shape.layers, readWindow(reader, null), rotary),
      queryFactors: queryFactors(reader, shape.maxPositions),
    }
  },
  buildGatedDecoder,
)

/** `1 + β · ln(1 + ⌊position / L⌋)`, with L the positions that the model knew before it was stretched. */
function queryFactors(reader: ConfigReader, positions: number): Float32Array | null {
  const section = reader.object('rope_parameters') ?? {}
  const { llama_4_scaling_beta: beta, original_max_position_embeddings: original } = section
  if (typeof beta !== 'number' || typeof original !== 'number') {
    const names = 'llama_4_scaling_beta and original_max_position_embeddings'
    reader.reject('rope_parameters', `an object with ${names}`, section)
    return null
  }
  return Float32Array.from(
    { length: positions },
    (_, position) => 1 + beta * Math.log(1 + Math.floor(position / original)),
  )
}
