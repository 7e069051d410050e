import { defineArchitecture } from './architecture.ts'
import { buildPlainDecoder, type PlainShape } from './plain-decoder.ts'
import { readPlainShape } from './plain-shape.ts'

/**
 * GPT-NeoX and Pythia: attention and feed-forward side by side or one after the other, each after its own LayerNorm,
 * queries, keys and values from one layer, rotary on a part of each head. Source: transformers modeling_gpt_neox.
 */
export const gptNeox = defineArchitecture(
  ['gpt_neox'],
  (reader, modelType): PlainShape => {
    const shape = readPlainShape(reader, modelType, {
      activation: 'gelu',
      share: 0.25,
      shareKey: 'rotary_pct',
      thetaKey: 'rotary_emb_base',
    })
    return {
      ...shape,
      keyValueHeads: shape.heads,
      headBias: false,
      attentionBias: reader.flag('attention_bias', true),
      isParallel: reader.flag('use_parallel_residual', true),
      transposed: false,
      names: {
        embedding: 'gpt_neox.embed_in',
        positions: null,
        layers: 'gpt_neox.layers',
        attentionNorm: 'input_layernorm',
        feedForwardNorm: 'post_attention_layernorm',
        projections: { fused: 'attention.query_key_value', by: 'head' },
        output: 'attention.dense',
        up: 'mlp.dense_h_to_4h',
        down: 'mlp.dense_4h_to_h',
        finalNorm: 'gpt_neox.final_layer_norm',
        head: 'embed_out',
      },
    }
  },
  buildPlainDecoder,
)
