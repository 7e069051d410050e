import { UserError } from '../error.ts'
import { ConfigReader } from '../model/config-reader.ts'
import { type GatedDefaults, readGatedShape } from '../model/gated-shape.ts'
import { readRotary, type StoredRotary } from '../model/rotary/read-rotary.ts'
import type { WrittenModel } from './architecture/gguf-architecture.ts'
import { f32 } from './block-types/floats.ts'
import type { WrittenTensor } from './gguf-bytes.ts'
import { ropeFactorsTensor } from './gguf-file.ts'
import { ropeFactors } from './rope-factors.ts'
import { float32, type TypedMetadata, uint32 } from './typed-values.ts'

/**
 * What a file says of any gated decoder with rotary positions, under the name of its architecture. Windows are no part of
 * it: its context is as long as the narrowest, within which none changes anything.
 *
 * @param defaults what the family's config.json means where it says nothing
 * Source: llama.cpp, conversion/base.py (`TextModel.set_gguf_parameters`)
 */
export function decoderMetadata(
  id: string,
  written: WrittenModel,
  defaults: GatedDefaults = {},
): TypedMetadata {
  const { path, config, model } = written
  const { headDim, maxPositions } = model
  const windows = model.windows.flatMap((window) => window ?? [])
  const shape = readGatedShape(new ConfigReader(config, path), model.modelType, {
    ...{ headDim, maxPositions },
    ...defaults,
  })
  return {
    [`${id}.block_count`]: uint32(model.layers),
    [`${id}.context_length`]: uint32(Math.min(maxPositions, ...windows)),
    [`${id}.embedding_length`]: uint32(model.dim),
    [`${id}.feed_forward_length`]: uint32(shape.hiddenDim),
    [`${id}.attention.head_count`]: uint32(shape.heads),
    [`${id}.attention.head_count_kv`]: uint32(model.keyValueHeads),
    [`${id}.rope.freq_base`]: float32(storedRotary(written).theta),
    [`${id}.attention.layer_norm_rms_epsilon`]: float32(shape.epsilon),
    [`${id}.attention.key_length`]: uint32(headDim),
    [`${id}.attention.value_length`]: uint32(headDim),
  }
}

/** The tensor of Llama 3's factors, where its positions are stretched. */
export function ropeFactorTensors(written: WrittenModel): WrittenTensor[] {
  const factors = ropeFactors(storedRotary(written))
  if (!factors) return []
  const read = async () => factors
  return [{ name: ropeFactorsTensor, shape: [factors.length], type: f32, read }]
}

/** @throws UserError for positions that are stretched in another way than Llama 3's */
function storedRotary({ path, config, model }: WrittenModel): StoredRotary {
  const rotary = readRotary(new ConfigReader(config, path), model)
  if (rotary.type === 'default' || rotary.type === 'llama3') return rotary
  throw new UserError({
    code: 'unsupported-gguf',
    path: `${path} rope_type`,
    expected: 'positions as they were trained, or stretched as in Llama 3',
    got: rotary.type,
  })
}
