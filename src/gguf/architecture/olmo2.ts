import { UserError } from '../../error.ts'
import { decoderConfig } from '../decoder-config.ts'
import { decoderMetadata } from '../decoder-metadata.ts'
import { requireOption } from '../requirement.ts'
import { llamaNames } from '../tensor-names.ts'
import type { GgufArchitecture } from './gguf-architecture.ts'

const { attn_norm: _, ffn_norm: __, ...inLayer } = llamaNames.inLayer

/** OLMo 2, with norms after the branches and on whole queries and keys. Source: llama.cpp, conversion/olmo.py (`Olmo2Model`). */
export const olmo2: GgufArchitecture = {
  id: 'olmo2',
  modelTypes: ['olmo2'],
  async config(file, metadata) {
    const window = metadata.numberOr('olmo2.attention.sliding_window', null)
    if (window !== null)
      throw new UserError({
        code: 'unsupported-gguf',
        path: `${file.path}: olmo2.attention.sliding_window`,
        expected: 'none, as in OLMo 2',
        got: `${window}: OLMo 3 is written under the same name`,
        hint: 'Take the model from its Hugging Face folder.',
      })
    return {
      ...{ model_type: 'olmo2', architectures: ['Olmo2ForCausalLM'] },
      ...(await decoderConfig('olmo2', file, metadata)),
    }
  },
  metadata(written) {
    const { config, model } = written
    requireOption(written, 'attention_bias', 'false', config.attention_bias !== true)
    requireOption(
      written,
      'tie_word_embeddings',
      'false',
      model.headWeight !== model.embeddingWeight,
    )
    return decoderMetadata('olmo2', written, { epsilon: 1e-5 })
  },
  names: {
    ...llamaNames,
    inLayer: {
      ...inLayer,
      attn_q_norm: 'self_attn.q_norm',
      attn_k_norm: 'self_attn.k_norm',
      post_attention_norm: 'post_attention_layernorm',
      post_ffw_norm: 'post_feedforward_layernorm',
    },
  },
  conversion: () => null,
}
