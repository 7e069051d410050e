import { gemma, gemma2, gemma3 } from './gemma.ts'
import type { GgufArchitecture } from './gguf-architecture.ts'
import { granite } from './granite.ts'
import { llama } from './llama.ts'
import { olmo2 } from './olmo2.ts'
import { phi3 } from './phi3.ts'
import { qwen2, qwen3 } from './qwen.ts'
import { smollm3 } from './smollm3.ts'

/** Every family that is read and written as GGUF, by `general.architecture`. */
export const ggufArchitectures: ReadonlyMap<string, GgufArchitecture> = new Map(
  [llama, qwen2, qwen3, gemma, gemma2, gemma3, phi3, smollm3, granite, olmo2].map(
    (architecture) => [architecture.id, architecture],
  ),
)
