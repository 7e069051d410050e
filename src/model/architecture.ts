import { UserError } from '../error.ts'
import { ConfigReader } from './config-reader.ts'
import type { Architecture, LanguageModel } from './model.ts'

/** An architecture from how its config.json is read and what is built from that. */
export function defineArchitecture<Shape>(
  modelTypes: readonly string[],
  read: (reader: ConfigReader, modelType: string, stored: (name: string) => boolean) => Shape,
  build: (shape: Shape) => LanguageModel,
): Architecture {
  return {
    modelTypes,
    build(config, file, stored) {
      const reader = new ConfigReader(config, file)
      const shape = read(reader, config.model_type as string, stored)
      if (reader.problems.length > 0) throw new UserError(reader.problems)
      return build(shape)
    },
  }
}
