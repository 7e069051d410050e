/** The shapes of design.md §4, as config.json has them, with a batch. */
export interface BenchShape {
  readonly name: '9M' | '15M' | '110M'
  readonly config: Readonly<Record<string, unknown>>
  readonly batch: number
  readonly seq: number
  /** Timed runs, so that the whole benchmark stays under a minute. */
  readonly repeats: number
}

const llama = {
  model_type: 'llama',
  tie_word_embeddings: true,
  max_position_embeddings: 1024,
  rms_norm_eps: 1e-5,
}

export const benchShapes: readonly BenchShape[] = [
  {
    name: '9M',
    config: {
      ...llama,
      vocab_size: 4096,
      hidden_size: 256,
      num_hidden_layers: 6,
      num_attention_heads: 8,
      intermediate_size: 704,
    },
    batch: 8,
    seq: 128,
    repeats: 7,
  },
  {
    name: '15M',
    config: {
      ...llama,
      vocab_size: 32000,
      hidden_size: 288,
      num_hidden_layers: 6,
      num_attention_heads: 6,
      intermediate_size: 768,
    },
    batch: 4,
    seq: 256,
    repeats: 5,
  },
  {
    name: '110M',
    config: {
      ...llama,
      vocab_size: 32000,
      hidden_size: 768,
      num_hidden_layers: 12,
      num_attention_heads: 12,
      intermediate_size: 2048,
    },
    batch: 2,
    seq: 256,
    repeats: 3,
  },
]
