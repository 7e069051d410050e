import type { GgufArchitecture } from './gguf-architecture.ts'
import { llama } from './llama.ts'
import { qwen2, qwen3 } from './qwen.ts'

/** Every family that is read and written as GGUF, by `general.architecture`. */
export const ggufArchitectures: ReadonlyMap<string, GgufArchitecture> = new Map(
  [llama, qwen2, qwen3].map((architecture) => [architecture.id, architecture]),
)
