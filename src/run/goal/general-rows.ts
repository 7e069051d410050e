import type { Item } from '../../data/items.ts'
import { encodedWhole, type FactExample } from '../../goal/asked.ts'
import { keptExample } from '../../goal/kept.ts'
import { meanOf } from '../../math/mean.ts'
import { generalAbility } from '../../questions/general-ability.ts'
import { withoutSharedNames } from '../../questions/shared-names.ts'
import type { Recipe } from '../../recipe/recipe-schema.ts'
import type { Session } from '../../train/session.ts'
import { encodingOf } from '../data-reading.ts'

/** Every so many general questions is asked at each look; the others before and after only. */
const chooseEvery = 8

/** General questions by what they are for. */
export interface GeneralRows {
  readonly choose: readonly FactExample[]
  readonly report: readonly FactExample[]
}

/** Below this probability answers are guesses, and say nothing of what is kept. */
const leastGeneral = 0.05

/** Whether a model guesses at general questions. @param probabilities of their facts */
export function isGuessed(probabilities: readonly number[]): boolean {
  return (meanOf(probabilities) ?? 0) < leastGeneral
}

export const noGeneralRows: GeneralRows = { choose: [], report: [] }

/** The general questions that ship, without those that share a name with what is to go or do not fit the model. */
export function generalRows(
  recipe: Recipe,
  { tokenizer, model }: Session,
  forget: readonly Item[],
): GeneralRows {
  const texts = forget.flatMap(({ prompt, answer }) => [prompt, answer])
  const rows = withoutSharedNames(
    generalAbility(),
    ({ question, answer }) => [question, answer],
    texts,
  )
  const items = rows.map(({ question, answer }, line): Item => {
    const origin = { file: 'general questions', line: line + 1 }
    return { shape: 'question-answer', prompt: question, answer, messages: null, origin }
  })
  const encoding = encodingOf(recipe.forget, model)
  const examples = items
    .map((item) => encodedWhole(item, tokenizer, encoding))
    .flatMap((example) => (example ? [keptExample(example, tokenizer)] : []))
  return {
    choose: examples.filter((_, i) => i % chooseEvery === 0),
    report: examples.filter((_, i) => i % chooseEvery !== 0),
  }
}
