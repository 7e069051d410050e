import type { EncodeOptions } from '../data/encode.ts'
import type { LanguageModel } from '../model/model.ts'
import type { Recipe } from '../recipe/recipe-schema.ts'

/** How a data set of a recipe is encoded for a model. */
export function encodingOf(
  { maxLength, template }: Pick<Recipe['forget'], 'maxLength' | 'template'>,
  model: LanguageModel,
): EncodeOptions {
  return {
    // Past learned positions there is nothing to look up, whatever the recipe asks for.
    maxLength: Math.min(
      maxLength ?? model.maxPositions,
      model.positionLimit ?? Number.POSITIVE_INFINITY,
    ),
    ...(template ? { template } : {}),
  }
}

/** The end of the examples of a file that take part, from `offset` on. */
export function endOf({ offset, limit }: { offset: number; limit: number | null }): number {
  return limit === null ? Number.POSITIVE_INFINITY : offset + limit
}
