import { encodeItems } from '../data/encode.ts'
import type { Example } from '../data/example.ts'
import type { Item } from '../data/items.ts'
import { loadExamples, loadItems } from '../data/load-examples.ts'
import { overlapProblems } from '../data/overlap.ts'
import { refusingItems } from '../data/preferred.ts'
import { hasPairs } from '../data/record-shape.ts'
import { refusals } from '../data/refusals.ts'
import { UserError } from '../error.ts'
import { readBoundedText } from '../files/bounded-file.ts'
import { resolveMethod } from '../method/resolve.ts'
import type { Recipe } from '../recipe/recipe-schema.ts'
import type { Registry } from '../recipe/registry.ts'
import type { OpenedModel } from '../train/session.ts'
import { isAutomatic, plannedRetain } from './automatic-retain.ts'
import { encodingOf, endOf } from './data-reading.ts'
import type { NewEvent } from './events.ts'

/** The sets of an unlearning run, encoded. */
export interface RunData {
  readonly forget: readonly Example[]
  /** The answers that the method prefers to those of `forget`, one each; null where it compares none. */
  readonly preferred: readonly Example[] | null
  readonly retain: readonly Example[] | null
}

/**
 * Loads what a recipe names; what was cut or looks wrong goes out as warnings.
 *
 * @param written  the file that `retain: auto` was written to; null before that, for a plan: stand-ins of the longest answers
 * @throws UserError for bad files, and where a row is in both sets
 */
export async function loadData(
  recipe: Recipe,
  opened: OpenedModel,
  emit: (event: NewEvent) => void,
  registry: Registry,
  written: string | null,
): Promise<RunData> {
  const { tokenizer, model } = opened
  const load = async (section: NonNullable<Recipe['retain']>, path = section.path) => {
    const { examples, report } = await loadExamples(path, tokenizer, {
      ...encodingOf(section, model),
      preference: section.preference,
    })
    for (const { code, path: at, expected, got, hint } of report.warnings)
      emit({
        type: 'warning',
        step: 0,
        code,
        message: `${at ?? path}: expected ${expected}, got ${got}`,
        hint: hint ?? null,
      })
    if (report.truncated.length > 0)
      emit({
        type: 'warning',
        step: 0,
        code: 'truncated',
        message: `${path}: ${report.truncated.length} of ${report.examples} examples were cut, by ${report.truncatedTokens} tokens in all`,
        hint: 'Raise maxLength, or shorten the examples.',
      })
    return examples.slice(section.offset, endOf(section))
  }
  const forget = await load(recipe.forget)
  const loadRetain = async (section: NonNullable<Recipe['retain']>) => {
    if (!isAutomatic(recipe)) return load(section)
    if (written !== null) return load(section, written)
    const { examples } = encodeItems(
      await plannedRetain(recipe, opened),
      tokenizer,
      encodingOf(section, model),
    )
    return examples.slice(section.offset, endOf(section))
  }
  const retain = recipe.retain && (await loadRetain(recipe.retain))
  const overlap = retain ? overlapProblems(forget, retain) : []
  if (overlap.length > 0) throw new UserError(overlap)
  const { forgetLoss, retainLoss } = resolveMethod(recipe.method, registry)
  if (!forgetLoss.needs.preferred && !retainLoss?.needs.preferred)
    return { forget, preferred: null, retain }
  const items = await preferredItems(recipe)
  const preferred = encodeItems(items, tokenizer, encodingOf(recipe.forget, model)).examples
  return { forget, preferred, retain }
}

/**
 * What the starting model says to general prompts and a goal adds to what is kept.
 *
 * @param said those of its file, stand-ins of the longest answers for a plan; none where the recipe adds none
 */
export function generalExamples(
  recipe: Recipe,
  { tokenizer, model }: OpenedModel,
  said: readonly Item[],
): readonly Example[] {
  if (said.length === 0) return []
  return encodeItems(said, tokenizer, encodingOf(recipe.retain ?? recipe.forget, model)).examples
}

/** What the method prefers to each answer of the forget set, in its order. */
export async function preferredItems({ forget, train }: Recipe): Promise<Item[]> {
  const { items } = await loadItems(forget.path, { preference: 'chosen' })
  const taken = items.slice(forget.offset, endOf(forget))
  const paired = hasPairs(items[0].shape)
  const choice = forget.preferred ?? (paired ? 'chosen' : 'refusal')
  if (choice === 'refusal')
    return refusingItems(taken, await refusalsOf(forget.refusals), train.seed)
  if (paired) return taken
  throw new UserError({
    code: 'no-pairs',
    path: 'forget.preferred',
    expected: 'records with {chosen, rejected} answers, since the chosen one is to be preferred',
    got: `${forget.path} with records of another shape`,
    hint: 'Sample them with lethe alternates, or set forget.preferred: refusal',
  })
}

/** The lines of a file of refusals; ours for none. */
export async function refusalsOf(path: string | null): Promise<readonly string[]> {
  if (path === null) return refusals
  const lines = readBoundedText(path)
    .split(/\r?\n/)
    .map((line) => line.trim())
  const texts = lines.filter((line) => line !== '')
  if (texts.length > 0) return texts
  throw new UserError({
    code: 'empty',
    path: 'forget.refusals',
    expected: 'at least one line of text',
    got: `none in ${path}`,
  })
}
