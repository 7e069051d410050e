import { decoderConfig } from '../decoder-config.ts'
import { decoderMetadata, ropeFactorTensors } from '../decoder-metadata.ts'
import { interleavedHeads } from '../interleaved-heads.ts'
import { llamaNames } from '../tensor-names.ts'
import { uint32 } from '../typed-values.ts'
import type { GgufArchitecture } from './gguf-architecture.ts'

/** What Llama and the families that were made from it have in common, under the name of one of them. */
export function llamaLike(id: string): Omit<GgufArchitecture, 'id' | 'modelTypes'> {
  return {
    config: async (file, metadata) => ({
      ...(await decoderConfig(id, file, metadata)),
      attention_bias: file.tensors.has('blk.0.attn_output.bias'),
      mlp_bias: file.tensors.has('blk.0.ffn_gate.bias'),
    }),
    metadata: (written) => ({
      ...decoderMetadata(id, written),
      [`${id}.vocab_size`]: uint32(written.model.vocab),
      [`${id}.rope.dimension_count`]: uint32(written.model.headDim),
    }),
    extraTensors: ropeFactorTensors,
    names: llamaNames,
    conversion: interleavedHeads,
  }
}

const like = llamaLike('llama')

/**
 * Llama, and what has its shape: SmolLM2, TinyLlama, Mistral.
 *
 * Source: llama.cpp, conversion/llama.py (`LlamaModel`).
 */
export const llama: GgufArchitecture = {
  ...like,
  id: 'llama',
  modelTypes: ['llama', 'mistral'],
  config: async (file, metadata) => ({
    ...{ model_type: 'llama', architectures: ['LlamaForCausalLM'] },
    ...(await like.config(file, metadata)),
  }),
}
