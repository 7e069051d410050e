import type { Problem } from '../error.ts'
import type { LanguageModel } from '../model/model.ts'
import type { Recipe } from '../recipe/recipe-schema.ts'

/**
 * What of a recipe is longer than the positions that its model was made for. Learned positions, and those of LongRoPE, end
 * there, and texts are cut; turned ones go on, to places that the model never saw.
 */
export function beyondPositions(
  recipe: Pick<Recipe, 'forget' | 'retain' | 'evaluate'>,
  { maxPositions, positionLimit }: Pick<LanguageModel, 'maxPositions' | 'positionLimit'>,
): Problem[] {
  const lengths = [
    ['forget.maxLength', recipe.forget.maxLength],
    ['retain.maxLength', recipe.retain?.maxLength ?? null],
    ['evaluate.maxNewTokens', recipe.evaluate.maxNewTokens],
  ] as const
  return lengths.flatMap(([path, length]) =>
    length === null || length <= maxPositions
      ? []
      : [
          {
            code: 'beyond-positions',
            path,
            expected: `at most the positions of the model = ${maxPositions}`,
            got: String(length),
            hint:
              positionLimit === null
                ? 'The model never saw later ones, and each text takes memory for as many.'
                : 'What is longer is cut there.',
          },
        ],
  )
}
