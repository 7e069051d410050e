import { UserError } from '../error.ts'
import type { WrittenModel } from './architecture/gguf-architecture.ts'

/**
 * Requires of a config.json what llama.cpp takes for granted in a family.
 *
 * @param expected what it takes for granted, as `key = value`
 * @throws UserError where `holds` is not true
 */
export function requireOption(
  { path, config }: WrittenModel,
  key: string,
  expected: string,
  holds: boolean,
): void {
  if (holds) return
  throw new UserError({
    code: 'unsupported-export',
    path: `${path}: ${key}`,
    expected,
    got: JSON.stringify(config[key]) ?? 'nothing',
    hint: 'llama.cpp takes it for granted in this family, and would give other answers.',
  })
}

/** Requires that of every so many layers all but the last slide, as llama.cpp has it where a file does not say. */
export function requireEvery(written: WrittenModel, every: number): void {
  const { layer_types: types, sliding_window_pattern: pattern } = written.config
  const wanted = (layer: number) =>
    (layer + 1) % every === 0 ? 'full_attention' : 'sliding_attention'
  const holds = Array.isArray(types)
    ? types.every((type, layer) => type === wanted(layer))
    : (pattern ?? every) === every
  requireOption(written, 'layer_types', `full_attention in every ${every}th layer only`, holds)
}
