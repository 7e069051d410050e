import { type Example, loadExamples, overlapProblems } from '../data/index.ts'
import { UserError } from '../error.ts'
import type { Recipe } from '../recipe/schema.ts'
import type { NewEvent } from './events.ts'
import type { OpenedModel } from './session.ts'

/** The two sets of an unlearning run, encoded. */
export interface RunData {
  readonly forget: readonly Example[]
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
): Promise<RunData> {
  const load = async (section: NonNullable<Recipe['retain']>) => {
    const { examples, report } = await loadExamples(section.path, tokenizer, {
      // Past learned positions there is nothing to look up, whatever the recipe asks for.
      maxLength: Math.min(
        section.maxLength ?? model.maxPositions,
        model.positionLimit ?? Number.POSITIVE_INFINITY,
      ),
      preference: section.preference,
      ...(section.template ? { template: section.template } : {}),
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
    return section.limit === null ? examples : examples.slice(0, section.limit)
  }
  const forget = await load(recipe.forget)
  const retain = recipe.retain ? await load(recipe.retain) : null
  const overlap = retain ? overlapProblems(forget, retain) : []
  if (overlap.length > 0) throw new UserError(overlap)
  return { forget, retain }
}
