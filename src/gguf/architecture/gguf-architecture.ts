import type { JsonObject } from '../../checkpoint/json-text.ts'
import type { MetadataReader } from '../metadata.ts'

/** How a family's model stands in a GGUF file; one file a family. */
export interface GgufArchitecture {
  /** `general.architecture` */
  readonly id: string
  /** Fields of config.json besides those that `decoderConfig` gives. */
  config(metadata: MetadataReader): JsonObject
  /** Hugging Face's name of a tensor outside the common ones, or undefined. */
  readonly names?: Readonly<Record<string, string>>
  /**
   * Whether llama.cpp stores the rows of the query and key matrices interleaved: pairs of a rotation side by side, where
   * Hugging Face has them half a head apart.
   */
  readonly interleaved: boolean
}
