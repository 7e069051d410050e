import type { GgufArchitecture } from './gguf-architecture.ts'

/** Qwen 2 and 2.5, with biases. Source: llama.cpp, convert_hf_to_gguf.py (`Qwen2Model`). */
export const qwen2: GgufArchitecture = {
  id: 'qwen2',
  config: () => ({ model_type: 'qwen2', architectures: ['Qwen2ForCausalLM'] }),
  interleaved: false,
}

/** Qwen 3, with norms of queries and keys. Source: llama.cpp, convert_hf_to_gguf.py (`Qwen3Model`). */
export const qwen3: GgufArchitecture = {
  id: 'qwen3',
  config: () => ({ model_type: 'qwen3', architectures: ['Qwen3ForCausalLM'] }),
  names: { attn_q_norm: 'self_attn.q_norm', attn_k_norm: 'self_attn.k_norm' },
  interleaved: false,
}
