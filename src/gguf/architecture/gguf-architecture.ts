import type { JsonObject } from '../../checkpoint/json-text.ts'
import type { LanguageModel } from '../../model/model.ts'
import type { WrittenTensor } from '../gguf-bytes.ts'
import type { GgufFile } from '../gguf-file.ts'
import type { MetadataReader } from '../metadata.ts'
import type { TensorNames } from '../tensor-names.ts'
import type { TypedMetadata } from '../typed-values.ts'

/** A model to be written: what its config.json says, and what was made of it. */
export interface WrittenModel {
  /** of config.json, for messages */
  readonly path: string
  readonly config: JsonObject
  readonly model: LanguageModel
}

/** Another order, or other values, of a tensor in one format than in the other. */
export interface Conversion {
  /** Hugging Face's values → GGUF's. */
  write(values: Float32Array): Float32Array
  /** GGUF's values → Hugging Face's. */
  read(values: Float32Array): Float32Array
}

/** The heads of an attention: how many of queries and of keys, and how wide. */
export interface Heads {
  readonly queries: number
  readonly keys: number
  readonly dim: number
}

/** How a family's model stands in a GGUF file; one file a family. */
export interface GgufArchitecture {
  /** `general.architecture` */
  readonly id: string
  /** The `model_type`s of config.json that are written as it. */
  readonly modelTypes: readonly string[]
  /**
   * config.json of a file.
   *
   * @throws UserError for what Lethe does not know in this family
   */
  config(file: GgufFile, metadata: MetadataReader): Promise<JsonObject>
  /**
   * What is written of a model besides its vocabulary, in the order of llama.cpp's own converter.
   *
   * @throws UserError for an option of config.json that llama.cpp does not know in this family
   */
  metadata(written: WrittenModel): TypedMetadata
  /** Tensors that no folder has. */
  extraTensors?(written: WrittenModel): readonly WrittenTensor[]
  readonly names: TensorNames
  /** What has to be done to a tensor of GGUF's name, `blk.0.attn_q.weight`; null: nothing. */
  conversion(name: string, heads: Heads): Conversion | null
}
