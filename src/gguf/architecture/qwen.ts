import { decoderConfig } from '../decoder-config.ts'
import { decoderMetadata } from '../decoder-metadata.ts'
import { llamaNames } from '../tensor-names.ts'
import type { GgufArchitecture } from './gguf-architecture.ts'

/** Qwen 2 and 2.5, with biases. Source: llama.cpp, conversion/qwen.py (`Qwen2Model`). */
export const qwen2: GgufArchitecture = {
  id: 'qwen2',
  modelTypes: ['qwen2'],
  config: async (file, metadata) => ({
    model_type: 'qwen2',
    architectures: ['Qwen2ForCausalLM'],
    ...(await decoderConfig('qwen2', file, metadata)),
  }),
  metadata: (written) => decoderMetadata('qwen2', written),
  names: llamaNames,
  conversion: () => null,
}

/** Qwen 3, with norms of queries and keys. Source: llama.cpp, conversion/qwen.py (`Qwen3Model`). */
export const qwen3: GgufArchitecture = {
  id: 'qwen3',
  modelTypes: ['qwen3'],
  config: async (file, metadata) => ({
    model_type: 'qwen3',
    architectures: ['Qwen3ForCausalLM'],
    ...(await decoderConfig('qwen3', file, metadata)),
  }),
  metadata: (written) => decoderMetadata('qwen3', written),
  names: {
    ...llamaNames,
    inLayer: {
      ...llamaNames.inLayer,
      attn_q_norm: 'self_attn.q_norm',
      attn_k_norm: 'self_attn.k_norm',
    },
  },
  conversion: () => null,
}
