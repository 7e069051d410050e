import type { LanguageModel } from './model.ts'

/** What wrappers put before every name: data parallel, torch.compile, PEFT, a model inside a larger one. */
const wrapper =
  /^(?:module\.|_orig_mod\.|base_model\.model\.|language_model\.|text_model\.|llm\.|_fsdp_wrapped_module\.)+/

/**
 * Under what name a folder stores each tensor of a model: as it is, behind the prefix of a wrapper
 * (`module.model.layers…`), or without the family's own (`layers…`, as a bare base model is saved).
 *
 * @param stored names in the folder
 * @returns name of the model → stored name, only where they differ; empty where renaming would not find more
 */
export function storedNames(
  model: Pick<LanguageModel, 'parameters' | 'copies' | 'embeddingWeight'>,
  stored: ReadonlySet<string>,
): ReadonlyMap<string, string> {
  const names = [...model.parameters.keys(), ...model.copies.keys()]
  const missing = names.filter((name) => !stored.has(name))
  if (!missing.some((name) => model.parameters.has(name))) return new Map()
  const renames = new Map<string, string>()
  const prefixes = new Set([...stored].map((name) => wrapper.exec(name)?.[0] ?? ''))
  const [own] = /^[^.]+\./.exec(model.embeddingWeight) ?? ['']
  for (const name of missing) {
    const bare = name.startsWith(own) ? name.slice(own.length) : name
    const found = [...prefixes]
      .flatMap((prefix) => [prefix + name, prefix + bare])
      .find((candidate) => stored.has(candidate))
    if (found !== undefined) renames.set(name, found)
  }
  return renames
}
