import { decoderConfig } from '../decoder-config.ts'
import { decoderMetadata, ropeFactorTensors } from '../decoder-metadata.ts'
import { interleavedHeads } from '../interleaved-heads.ts'
import { llamaNames } from '../tensor-names.ts'
import { uint32 } from '../typed-values.ts'
import type { GgufArchitecture } from './gguf-architecture.ts'

/**
 * Llama, and what has its shape: SmolLM2, TinyLlama, Mistral. A window of Mistral's is no part of it: a file then says that
 * its context is as long as the window, within which the window changes nothing.
 *
 * Source: llama.cpp, conversion/llama.py (`LlamaModel`).
 */
export const llama: GgufArchitecture = {
  id: 'llama',
  modelTypes: ['llama', 'mistral'],
  config: async (file, metadata) => ({
    model_type: 'llama',
    architectures: ['LlamaForCausalLM'],
    ...(await decoderConfig('llama', file, metadata)),
    attention_bias: file.tensors.has('blk.0.attn_output.bias'),
    mlp_bias: file.tensors.has('blk.0.ffn_gate.bias'),
  }),
  metadata(written) {
    const { config, model } = written
    const window = config.model_type === 'mistral' ? config.sliding_window : null
    const context = Math.min(model.maxPositions, Number(window ?? Number.POSITIVE_INFINITY))
    return {
      ...decoderMetadata('llama', written),
      'llama.context_length': uint32(context),
      'llama.vocab_size': uint32(model.vocab),
      'llama.rope.dimension_count': uint32(model.headDim),
    }
  },
  extraTensors: ropeFactorTensors,
  names: llamaNames,
  conversion: interleavedHeads,
}
