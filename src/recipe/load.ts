import { UserError } from '../error.ts'
import { isMapping } from '../files/mapping.ts'
import { parseSource } from './document.ts'
import { type Examined, examine, type Resolved } from './examine-recipe.ts'
import type { Setting } from './override.ts'
import { pretrainKind } from './pretrain-recipe.ts'
import type { PretrainRecipe } from './pretrain-schema.ts'
import type { Recipe } from './recipe-schema.ts'
import { builtInRegistry, type Registry } from './registry.ts'
import { unlearnKind } from './unlearn-recipe.ts'
import { valueAt } from './value-path.ts'

/**
 * Reads an unlearning recipe (of `lethe run`) from its text. Pure: whether the files it names exist is not looked at,
 * and plugins are not loaded.
 *
 * @param file its name, for positions and for the default output folder
 * @param sets what goes before the file: `path=value` texts of `--set` flags, or values
 * @throws UserError with every problem at once, sorted by line and column
 */
export function loadRecipe(
  text: string,
  file: string,
  sets: readonly Setting[] = [],
  registry: Registry = builtInRegistry,
): Resolved<Recipe> {
  return resolvedOf(examine(unlearnKind(registry), parseSource(text, file), sets))
}

/** Reads a pretraining recipe (of `lethe pretrain`) from its text; otherwise as `loadRecipe`. */
export function loadPretrainRecipe(
  text: string,
  file: string,
  sets: readonly Setting[] = [],
  registry: Registry = builtInRegistry,
): Resolved<PretrainRecipe> {
  return resolvedOf(examine(pretrainKind(registry), parseSource(text, file), sets))
}

/** Which kind a recipe is meant to be: one that describes a new model's architecture is for `lethe pretrain`. */
export function kindOf(written: unknown): 'unlearn' | 'pretrain' | 'stages' {
  if (valueAt(written, ['stages']) !== undefined) return 'stages'
  if (isMapping(valueAt(written, ['model']))) return 'pretrain'
  const has = (key: string) => valueAt(written, [key]) !== undefined
  return (has('tokenizer') || has('data')) && !has('forget') ? 'pretrain' : 'unlearn'
}

function resolvedOf<T>({ resolved, problems }: Examined<T>): Resolved<T> {
  if (!resolved) throw new UserError(problems)
  return resolved
}
