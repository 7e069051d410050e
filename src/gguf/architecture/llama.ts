import type { GgufArchitecture } from './gguf-architecture.ts'

/** Llama, and what has its shape: SmolLM2, TinyLlama, Mistral. Source: llama.cpp, convert_hf_to_gguf.py (`LlamaModel`). */
export const llama: GgufArchitecture = {
  id: 'llama',
  config: () => ({ model_type: 'llama', architectures: ['LlamaForCausalLM'] }),
  interleaved: true,
}
