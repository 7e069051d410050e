import { defineArchitecture } from './architecture.ts'
import { buildPlainDecoder, type PlainShape } from './plain-decoder.ts'
import { readPlainShape } from './plain-shape.ts'

/**
 * Phi 1, 1.5 and 2: attention and feed-forward side by side after one LayerNorm, rotary on a part of each head,
 * biases everywhere, also on the logits. Source: transformers modeling_phi.
 */
export const phi = defineArchitecture(
  ['phi'],
  (reader, modelType): PlainShape => {
    const shape = readPlainShape(reader, modelType, {
      activation: 'gelu_new',
      share: 0.5,
      shareKey: 'partial_rotary_factor',
      thetaKey: 'rope_theta',
    })
    const keyValueHeads = reader.integer('num_key_value_heads', shape.heads)
    if (shape.heads % keyValueHeads !== 0)
      reader.reject(
        'num_key_value_heads',
        `a divisor of num_attention_heads = ${shape.heads}`,
        keyValueHeads,
      )
    reader.oneOf('qk_layernorm', [false])
    return {
      ...shape,
      keyValueHeads,
      headBias: true,
      attentionBias: true,
      isParallel: true,
      transposed: false,
      names: {
        embedding: 'model.embed_tokens',
        positions: null,
        layers: 'model.layers',
        attentionNorm: 'input_layernorm',
        feedForwardNorm: null,
        projections: {
          query: 'self_attn.q_proj',
          key: 'self_attn.k_proj',
          value: 'self_attn.v_proj',
        },
        output: 'self_attn.dense',
        up: 'mlp.fc1',
        down: 'mlp.fc2',
        finalNorm: 'model.final_layernorm',
        head: 'lm_head',
      },
    }
  },
  buildPlainDecoder,
)
