import type { JsonObject } from '../checkpoint/json-text.ts'
import { UserError } from '../error.ts'
import { type GgufFile, ropeFactorsTensor } from './gguf-file.ts'
import type { MetadataReader } from './metadata.ts'
import { ropeScalingOf } from './rope-factors.ts'

/**
 * What config.json says of any decoder with rotary positions, from the metadata under the name of its architecture.
 *
 * @throws UserError for a missing value, and for positions that are stretched in another way than Llama 3's
 */
export async function decoderConfig(
  id: string,
  file: GgufFile,
  metadata: MetadataReader,
): Promise<JsonObject> {
  const at = (key: string) => metadata.number(`${id}.${key}`)
  const heads = at('attention.head_count')
  const dim = at('embedding_length')
  const headDim = metadata.numberOr(`${id}.attention.key_length`, dim / heads)
  const ropeTheta = metadata.numberOr(`${id}.rope.freq_base`, 10000)
  return {
    hidden_size: dim,
    intermediate_size: at('feed_forward_length'),
    num_hidden_layers: at('block_count'),
    num_attention_heads: heads,
    num_key_value_heads: metadata.numberOr(`${id}.attention.head_count_kv`, heads),
    head_dim: headDim,
    hidden_act: 'silu',
    max_position_embeddings: at('context_length'),
    rms_norm_eps: at('attention.layer_norm_rms_epsilon'),
    rope_theta: ropeTheta,
    rope_scaling: await ropeScaling(id, file, metadata, ropeTheta),
    vocab_size: file.tensors.get('token_embd.weight')?.shape[0] ?? null,
    tie_word_embeddings: !file.tensors.has('output.weight'),
    bos_token_id: metadata.numberOr('tokenizer.ggml.bos_token_id', null),
    eos_token_id: metadata.numberOr('tokenizer.ggml.eos_token_id', null),
  }
}

async function ropeScaling(
  id: string,
  file: GgufFile,
  metadata: MetadataReader,
  theta: number,
): Promise<JsonObject | null> {
  const kind = metadata.has(`${id}.rope.scaling.type`)
    ? metadata.text(`${id}.rope.scaling.type`)
    : 'none'
  if (kind === 'linear')
    return { rope_type: kind, factor: metadata.number(`${id}.rope.scaling.factor`) }
  const factors = file.tensors.has(ropeFactorsTensor) ? await file.read(ropeFactorsTensor) : null
  if (kind === 'none' && !factors) return null
  const scaling = kind === 'none' && factors ? ropeScalingOf(factors, theta) : null
  if (scaling) return scaling
  throw new UserError({
    code: 'unsupported-gguf',
    path: `${file.path}: ${id}.rope.scaling.type`,
    expected: 'none, linear, or factors as Llama 3 has them',
    got: kind === 'none' ? `other factors in ${ropeFactorsTensor}` : kind,
    hint: 'Take the model from its Hugging Face folder.',
  })
}
