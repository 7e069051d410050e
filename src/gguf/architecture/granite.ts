import { requireOption } from '../requirement.ts'
import { float32 } from '../typed-values.ts'
import type { GgufArchitecture } from './gguf-architecture.ts'
import { llamaLike } from './llama.ts'

const llama = llamaLike('granite')

/** config.json → the file, for numbers that are 1 where nothing is said. */
const scales = {
  attention_multiplier: 'granite.attention.scale',
  embedding_multiplier: 'granite.embedding_scale',
  residual_multiplier: 'granite.residual_scale',
  logits_scaling: 'granite.logit_scale',
} as const

/** Granite: Llama with multipliers. Source: llama.cpp, conversion/granite.py (`GraniteModel`), src/models/granite.cpp. */
export const granite: GgufArchitecture = {
  ...llama,
  id: 'granite',
  modelTypes: ['granite'],
  config: async (file, metadata) => ({
    ...(await llama.config(file, metadata)),
    model_type: 'granite',
    architectures: ['GraniteForCausalLM'],
    ...Object.fromEntries(
      Object.entries(scales).map(([name, key]) => [name, metadata.numberOr(key, 1)]),
    ),
  }),
  metadata(written) {
    const { config, model } = written
    const heads = Number(config.num_attention_heads)
    requireOption(written, 'head_dim', `${model.dim / heads}`, model.headDim * heads === model.dim)
    return {
      ...llama.metadata(written),
      ...Object.fromEntries(
        Object.entries(scales).map(([name, key]) => [key, float32(Number(config[name] ?? 1))]),
      ),
    }
  },
}
