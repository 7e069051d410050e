import { type ConfigReader, mostLayers } from './config-reader.ts'
import { geluActivations, type PlainShape } from './plain-decoder.ts'
import { readTurned } from './rotary/partial.ts'
import { readRotary } from './rotary/read-rotary.ts'

/** Where the families spell their rotary options differently before transformers 5, and what they do unsaid. */
export interface PlainDefaults {
  activation: PlainShape['activation']
  /** Share of each head that turns. */
  share: number
  shareKey: string
  thetaKey: string
}

/** Reads the options that Phi and GPT-NeoX share. */
export function readPlainShape(
  reader: ConfigReader,
  modelType: string,
  defaults: PlainDefaults,
): Omit<
  PlainShape,
  'keyValueHeads' | 'headBias' | 'attentionBias' | 'isParallel' | 'transposed' | 'names'
> {
  const dim = reader.integer('hidden_size')
  const heads = reader.integer('num_attention_heads')
  if (dim % (2 * heads) !== 0)
    reader.reject('hidden_size', `an even multiple of num_attention_heads = ${heads}`, dim)
  // What is read after a refusal counts on pairs.
  const headDim = 2 * Math.max(1, Math.floor(dim / heads / 2))
  const activations = Object.keys(geluActivations) as PlainShape['activation'][]
  const maxPositions = reader.integer('max_position_embeddings', 2048)
  const turned = readTurned(reader, headDim, { key: defaults.shareKey, share: defaults.share })
  return {
    modelType,
    dim,
    heads,
    headDim,
    vocab: reader.integer('vocab_size'),
    layers: reader.integer('num_hidden_layers', undefined, mostLayers),
    hiddenDim: reader.integer('intermediate_size'),
    maxPositions,
    initialRange: reader.number('initializer_range', 0.02),
    epsilon: reader.number('layer_norm_eps', 1e-5),
    activation: reader.choice('hidden_act', activations, defaults.activation),
    tied: reader.flag('tie_word_embeddings', false),
    rotary: readRotary(reader, { headDim: turned, maxPositions }, { thetaKey: defaults.thetaKey }),
  }
}
