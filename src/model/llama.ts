import { defineArchitecture } from './architecture.ts'
import { buildGatedDecoder } from './gated-decoder.ts'
import { attentionBiases, readGatedShape } from './gated-shape.ts'

/** Llama and Mistral: pre-norm blocks, rotary positions, grouped-query attention, SwiGLU. */
export const llama = defineArchitecture(
  ['llama', 'mistral'],
  (reader, modelType) => {
    const shape = readGatedShape(reader, modelType)
    const slides = modelType === 'mistral' && reader.has('sliding_window')
    return {
      ...shape,
      biases: { ...attentionBiases(reader), feedForward: reader.flag('mlp_bias', false) },
      window: slides ? reader.integer('sliding_window') : null,
    }
  },
  buildGatedDecoder,
)
