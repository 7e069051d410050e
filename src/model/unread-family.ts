import { nearest, type Problem } from '../error.ts'
import { type LayerType, layerTypes } from './layer-attention.ts'

/**
 * Families of transformers whose names lie so near to one that Lethe reads that they would be taken for a slip of the
 * pen; their weights may even fit. Source: transformers 5.24, models/auto/configuration_auto.py.
 */
const neighbours = new Set(
  (
    'dpt flava gemma3 gemma3n gemma4 git glm glm4 glmga gpt_neo gptj gte llama4 llama4_text llava ' +
    'mistral3 mistral4 mllama molmo2 mpt opt phi4 pi0 pixtral pvt qwen qwen3_5 t5gemma xlm'
  ).split(' '),
)
const mixtures = /moe|mixtral|^(dbrx|gpt_oss|jamba|deepseek_v[23]|qwen3_next|llama4|minimax|arctic)/
const experts = ['num_local_experts', 'num_experts', 'n_routed_experts', 'moe_num_experts']
const parts = ['text_config', 'vision_config', 'audio_config', 'llm_config']

/** Kinds of layers that no family of ours has. */
function otherLayers(types: unknown): unknown[] {
  if (!Array.isArray(types)) return []
  return [...new Set(types)].filter((type) => !layerTypes.includes(type as LayerType))
}

/**
 * What a config.json is that no architecture reads, or that one would read wrongly: a model of several parts, a mixture
 * of experts, another family. Null where its `model_type` is one of `known` and nothing speaks against it.
 */
export function unreadFamily(
  config: Readonly<Record<string, unknown>>,
  file: string,
  known: readonly string[],
): Problem | null {
  const type = config.model_type
  const name = typeof type === 'string' ? type : ''
  const shown = type === undefined ? 'nothing' : JSON.stringify(type)
  const problem = (got: string, hint?: string): Problem => ({
    code: 'unknown-model-type',
    path: `${file} model_type`,
    expected: `one of ${known.join(', ')}`,
    got,
    ...(hint !== undefined && { hint }),
  })
  const inside = parts.filter((key) => typeof config[key] === 'object' && config[key] !== null)
  if (inside.length > 0) {
    const sees = inside.includes('vision_config')
    const what = sees ? 'a vision-language model' : 'a model of several parts'
    return problem(
      `${shown}: ${what}, with ${inside.join(' and ')}`,
      'Lethe reads language models alone; save the one inside by itself, as docs/own-model.md shows.',
    )
  }
  const count = experts.find(
    (key) => typeof config[key] === 'number' && (config[key] as number) > 1,
  )
  if (mixtures.test(name) || count !== undefined)
    return problem(
      `${shown}: a mixture of experts${count ? ` (${count} = ${config[count]})` : ''}`,
      'Mixtures of experts are not supported.',
    )
  if (known.includes(name)) return null
  const others = otherLayers(config.layer_types)
  if (others.length > 0)
    return problem(
      `${shown}: a model with layers of ${others.join(' and ')}`,
      'Lethe reads models whose layers all attend, to everything before a token or to a window of it.',
    )
  if (neighbours.has(name) || (/\d/.test(name) && nearest(name, known) !== undefined))
    return problem(
      `${shown}, another family`,
      'It is not supported, and a family of a similar name is another model.',
    )
  const near = nearest(name, known)
  return problem(shown, near && `Did you mean "${near}"?`)
}
