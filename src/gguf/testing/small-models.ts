import { int32s, type TypedMetadata, text, texts } from '../typed-values.ts'

/** The models of test/golden that are written as GGUF, with what llama.cpp takes for granted and they have otherwise. */
export const smallModels: Readonly<Record<string, object>> = {
  'llama-mha-tied': {},
  'llama-gqa-untied': {},
  'llama-bias': {},
  'llama-headdim': {},
  'llama-rope3': {},
  'llama-sharded': {},
  'llama-linear': {},
  'mistral-gqa': {},
  'qwen2-tied': {},
  'qwen3-headdim': {},
  'gemma-headdim': {},
  'gemma2-capped': { query_pre_attn_scalar: 6 },
  'gemma3-capped': {
    query_pre_attn_scalar: 6,
    layer_types: ['sliding_attention', 'sliding_attention'],
  },
  'gemma3-local': { query_pre_attn_scalar: 6, sliding_window_pattern: 6 },
  // llama.cpp's shortest context is longer than that of the golden model, and its factors are then the long ones.
  'phi3-longrope': {
    max_position_embeddings: 4096,
    original_max_position_embeddings: 1024,
    rope_scaling: {
      rope_type: 'longrope',
      long_factor: [2, 5, 9],
      short_factor: [1, 1.5, 3],
      original_max_position_embeddings: 1024,
    },
  },
  'phi3-sliding': {},
  'smollm3-nope': {
    no_rope_layer_interval: 4,
    no_rope_layers: [1, 1, 1, 0],
    use_sliding_window: false,
    layer_types: null,
  },
  'granite-scaled': {},
  'olmo2-gqa': {},
}

/** A vocabulary without a meaning, for models that have none. */
export function nameless(rows: number): TypedMetadata {
  return {
    'tokenizer.ggml.model': text('gpt2'),
    'tokenizer.ggml.pre': text('gpt-2'),
    'tokenizer.ggml.tokens': texts(Array.from({ length: rows }, (_, id) => `t${id}`)),
    'tokenizer.ggml.token_type': int32s(new Array<number>(rows).fill(1)),
    'tokenizer.ggml.merges': texts(['t 0']),
  }
}
