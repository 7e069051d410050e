import { defineArchitecture } from './architecture.ts'
import { type ConfigReader, mostLayers } from './config-reader.ts'
import { buildPlainDecoder, geluActivations, type PlainShape } from './plain-decoder.ts'
import { unturned } from './rotary/rotary.ts'

/**
 * GPT-2: learned positions in place of rotary, attention and feed-forward one after the other, weights of linear
 * layers stored `[in, out]`. Files of the first releases lack the prefix `transformer.`.
 * Source: transformers modeling_gpt2.
 */
export const gpt2 = defineArchitecture(
  ['gpt2'],
  (reader, modelType, stored): PlainShape => {
    const prefix = stored('wte.weight') ? '' : 'transformer.'
    return {
      ...readSizes(reader),
      modelType,
      headBias: false,
      attentionBias: true,
      isParallel: false,
      transposed: true,
      names: {
        embedding: `${prefix}wte`,
        positions: `${prefix}wpe.weight`,
        layers: `${prefix}h`,
        attentionNorm: 'ln_1',
        feedForwardNorm: 'ln_2',
        projections: { fused: 'attn.c_attn', by: 'kind' },
        output: 'attn.c_proj',
        up: 'mlp.c_fc',
        down: 'mlp.c_proj',
        finalNorm: `${prefix}ln_f`,
        head: 'lm_head',
      },
    }
  },
  buildPlainDecoder,
)

function readSizes(reader: ConfigReader) {
  const dim = reader.integer('n_embd', 768)
  const heads = reader.integer('n_head', 12)
  if (dim % (2 * heads) !== 0) reader.reject('n_embd', `an even multiple of n_head = ${heads}`, dim)
  const activations = Object.keys(geluActivations) as PlainShape['activation'][]
  reader.oneOf('scale_attn_weights', [true])
  reader.oneOf('scale_attn_by_inverse_layer_idx', [false])
  reader.oneOf('add_cross_attention', [false])
  return {
    dim,
    heads,
    keyValueHeads: heads,
    headDim: Math.floor(dim / heads),
    vocab: reader.integer('vocab_size', 50257),
    layers: reader.integer('n_layer', 12, mostLayers),
    hiddenDim: reader.integer('n_inner', 4 * dim),
    maxPositions: reader.integer('n_positions', 1024),
    initialRange: reader.number('initializer_range', 0.02),
    epsilon: reader.number('layer_norm_epsilon', 1e-5),
    activation: reader.choice('activation_function', activations, 'gelu_new'),
    tied: reader.flag('tie_word_embeddings', true),
    rotary: unturned(0),
  }
}
