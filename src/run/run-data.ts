import { readFile } from 'node:fs/promises'
import { encodeItems } from '../data/encode.ts'
import type { Example } from '../data/example.ts'
import type { Item } from '../data/items.ts'
import { loadExamples, loadItems } from '../data/load-examples.ts'
import { overlapProblems } from '../data/overlap.ts'
import { refusingItems } from '../data/preferred.ts'
import { hasPairs } from '../data/record-shape.ts'
import { refusals } from '../data/refusals.ts'
import { UserError } from '../error.ts'
import { resolveMethod } from '../method/resolve.ts'
import type { Recipe } from '../recipe/recipe-schema.ts'
import type { Registry } from '../recipe/registry.ts'
import type { OpenedModel } from '../train/session.ts'
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
 * @throws UserError for bad files, and where a row is in both sets
 */
export async function loadData(
  recipe: Recipe,
  { tokenizer, model }: OpenedModel,
  emit: (event: NewEvent) => void,
  registry: Registry,
): Promise<RunData> {
  const encoding = (section: NonNullable<Recipe['retain']>) => ({
    // Past learned positions there is nothing to look up, whatever the recipe asks for.
    maxLength: Math.min(
      section.maxLength ?? model.maxPositions,
      model.positionLimit ?? Number.POSITIVE_INFINITY,
    ),
    ...(section.template ? { template: section.template } : {}),
  })
  const load = async (section: NonNullable<Recipe['retain']>) => {
    const { examples, report } = await loadExamples(section.path, tokenizer, {
      ...encoding(section),
      preference: section.preference,
    })
    for (const { code, path, expected, got, hint } of report.warnings)
      emit({
        type: 'warning',
        step: 0,
        code,
        message: `${path ?? section.path}: expected ${expected}, got ${got}`,
        hint: hint ?? null,
      })
    if (report.truncated.length > 0)
      emit({
        type: 'warning',
        step: 0,
        code: 'truncated',
        message: `${section.path}: ${report.truncated.length} of ${report.examples} examples were cut, by ${report.truncatedTokens} tokens in all`,
        hint: 'Raise maxLength, or shorten the examples.',
      })
    return examples.slice(section.offset, endOf(section))
  }
  const forget = await load(recipe.forget)
  const retain = recipe.retain ? await load(recipe.retain) : null
  const overlap = retain ? overlapProblems(forget, retain) : []
  if (overlap.length > 0) throw new UserError(overlap)
  const { forgetLoss, retainLoss } = resolveMethod(recipe.method, registry)
  if (!forgetLoss.needs.preferred && !retainLoss?.needs.preferred)
    return { forget, preferred: null, retain }
  const items = await preferredItems(recipe)
  const preferred = encodeItems(items, tokenizer, encoding(recipe.forget)).examples
  return { forget, preferred, retain }
}

/** What the method prefers to each answer of the forget set, in its order. */
async function preferredItems({ forget, train }: Recipe): Promise<Item[]> {
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

function endOf({ offset, limit }: { offset: number; limit: number | null }): number {
  return limit === null ? Number.POSITIVE_INFINITY : offset + limit
}

/** The lines of a file of refusals; ours for none. */
export async function refusalsOf(path: string | null): Promise<readonly string[]> {
  if (path === null) return refusals
  const lines = (await readFile(path, 'utf8')).split(/\r?\n/).map((line) => line.trim())
  const texts = lines.filter((line) => line !== '')
  if (texts.length > 0) return texts
  throw new UserError({
    code: 'empty',
    path: 'forget.refusals',
    expected: 'at least one line of text',
    got: `none in ${path}`,
  })
}
