import { UserError } from '../error.ts'
import { gemma } from './gemma.ts'
import { gemma2 } from './gemma2.ts'
import { gemma3 } from './gemma3.ts'
import { gptNeox } from './gpt-neox.ts'
import { gpt2 } from './gpt2.ts'
import { granite } from './granite.ts'
import { llama } from './llama.ts'
import { ministral3 } from './ministral3.ts'
import { mistral } from './mistral.ts'
import type { Architecture, LanguageModel } from './model.ts'
import { olmo } from './olmo.ts'
import { olmo3 } from './olmo3.ts'
import { phi } from './phi.ts'
import { phi3 } from './phi3.ts'
import { qwen } from './qwen.ts'
import { smollm3 } from './smollm3.ts'
import { unreadFamily } from './unread-family.ts'

/** Every architecture Lethe can read, one file each. */
export const architectures: readonly Architecture[] = [
  llama,
  mistral,
  ministral3,
  olmo,
  olmo3,
  qwen,
  gemma,
  gemma2,
  gemma3,
  phi,
  phi3,
  smollm3,
  granite,
  gptNeox,
  gpt2,
]

/**
 * The model a `config.json` describes.
 *
 * @param stored whether the folder has a tensor of that name; some families have two spellings
 * @throws UserError for an unknown `model_type` or an unsupported option, naming what is supported
 */
export function buildModel(
  config: Readonly<Record<string, unknown>>,
  file: string,
  stored: (name: string) => boolean = () => false,
): LanguageModel {
  const known = architectures.flatMap((architecture) => architecture.modelTypes)
  const unread = unreadFamily(config, file, known)
  if (unread) throw new UserError(unread)
  const architecture = architectures.find(({ modelTypes }) =>
    modelTypes.includes(config.model_type as string),
  ) as Architecture
  return architecture.build(config, file, stored)
}
