import { requireOption } from '../requirement.ts'
import type { GgufArchitecture } from './gguf-architecture.ts'
import { llamaLike } from './llama.ts'

const llama = llamaLike('smollm3')

/** SmolLM3: Llama whose every fourth layer does not turn. Source: llama.cpp, src/models/smollm3.cpp. */
export const smollm3: GgufArchitecture = {
  ...llama,
  id: 'smollm3',
  modelTypes: ['smollm3'],
  config: async (file, metadata) => ({
    ...(await llama.config(file, metadata)),
    model_type: 'smollm3',
    architectures: ['SmolLM3ForCausalLM'],
    no_rope_layer_interval: 4,
  }),
  metadata(written) {
    const { no_rope_layers: turns, no_rope_layer_interval: every } = written.config
    const holds = Array.isArray(turns)
      ? turns.every((turn, layer) => turn === Number((layer + 1) % 4 !== 0))
      : (every ?? 4) === 4
    requireOption(written, 'no_rope_layers', '0 in every fourth layer only', holds)
    return llama.metadata(written)
  },
}
