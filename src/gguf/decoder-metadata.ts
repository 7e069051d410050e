import type { JsonObject } from '../checkpoint/json-text.ts'
import { UserError } from '../error.ts'
import { ConfigReader } from '../model/config-reader.ts'
import { type GatedDefaults, readGatedShape } from '../model/gated-shape.ts'
import { readRotary, type StoredRotary } from '../model/rotary/read-rotary.ts'
import type { WrittenModel } from './architecture/gguf-architecture.ts'
import { f32 } from './block-types/floats.ts'
import type { WrittenTensor } from './gguf-bytes.ts'
import { ropeFactorsTensor } from './gguf-file.ts'
import { ropeFactors } from './rope-factors.ts'
import { float32, type TypedMetadata, text, uint32 } from './typed-values.ts'

/** What a family's config.json means where it says nothing, and what llama.cpp knows of it. */
export interface DecoderOptions extends GatedDefaults {
  /** Whether llama.cpp lets layers of this family slide; else the context is as long as the narrowest window, within which none
   * changes anything. */
  readonly slides?: boolean
  /** What is said of the rotation where it is not in `rope_theta` and `rope_scaling`. */
  readonly rotary?: TypedMetadata
}

/**
 * What a file says of any gated decoder with rotary positions, under the name of its architecture.
 *
 * Source: llama.cpp, conversion/base.py (`TextModel.set_gguf_parameters`)
 */
export function decoderMetadata(
  id: string,
  written: WrittenModel,
  { slides = false, rotary, ...defaults }: DecoderOptions = {},
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
    [`${id}.context_length`]: uint32(Math.min(maxPositions, ...(slides ? [] : windows))),
    [`${id}.embedding_length`]: uint32(model.dim),
    [`${id}.feed_forward_length`]: uint32(shape.hiddenDim),
    [`${id}.attention.head_count`]: uint32(shape.heads),
    [`${id}.attention.head_count_kv`]: uint32(model.keyValueHeads),
    ...(rotary ?? rotaryMetadata(id, written)),
    [`${id}.attention.layer_norm_rms_epsilon`]: float32(shape.epsilon),
    [`${id}.attention.key_length`]: uint32(headDim),
    [`${id}.attention.value_length`]: uint32(headDim),
    ...(slides && { [`${id}.attention.sliding_window`]: uint32(Math.min(...windows)) }),
  }
}

function rotaryMetadata(id: string, written: WrittenModel): TypedMetadata {
  const { theta, type } = storedRotary(written)
  return {
    ...(type === 'linear' && linearScaling(id, Number(ropeSection(written.config).factor))),
    [`${id}.rope.freq_base`]: float32(theta),
  }
}

/** Positions that are all divided by a factor. */
export function linearScaling(id: string, factor: number): TypedMetadata {
  return {
    [`${id}.rope.scaling.type`]: text('linear'),
    [`${id}.rope.scaling.factor`]: float32(factor),
  }
}

function ropeSection(config: JsonObject): JsonObject {
  return (config.rope_parameters ?? config.rope_scaling ?? {}) as JsonObject
}

/** The tensor of Llama 3's factors, where its positions are stretched. */
export function ropeFactorTensors(written: WrittenModel): WrittenTensor[] {
  const factors = ropeFactors(storedRotary(written))
  if (!factors) return []
  const read = async () => factors
  return [{ name: ropeFactorsTensor, shape: [factors.length], type: f32, read }]
}

/** @throws UserError for positions that are stretched in another way than those that are written */
function storedRotary({ path, config, model }: WrittenModel): StoredRotary {
  const rotary = readRotary(new ConfigReader(config, path), model)
  if (['default', 'linear', 'llama3'].includes(rotary.type)) return rotary
  throw new UserError({
    code: 'unsupported-export',
    path: `${path}: rope_type`,
    expected: 'default, linear or llama3',
    got: rotary.type,
  })
}
