import type { EncodeOptions } from '../../data/encode.ts'
import { encodedWhole } from '../../goal/asked.ts'
import { ignorantOf } from '../../goal/levels.ts'
import type { Asked } from '../../goal/rows.ts'
import { exampleRows } from '../../measure/rows/example-rows.ts'
import { drawnAnswers } from '../../measure/score/generated-answers.ts'
import type { Measurer } from '../../measure/score/measurer.ts'
import { factRecall } from '../../metric/fact-recall.ts'
import type { Recipe } from '../../recipe/recipe-schema.ts'
import { encodingOf } from '../data-reading.ts'
import type { OpenedUnlearning } from '../open-unlearning.ts'
import { type GoalData, otherQuestions } from './goal-data.ts'

interface DrawOptions {
  readonly measurer: Measurer
  readonly encoding: EncodeOptions
  readonly maxNewTokens: number
  readonly seed: number
  readonly stopRequested: () => boolean
}

/**
 * Draws answers of a model as it is to the questions at some places, and to the same about invented subjects.
 *
 * @param places in `asked`, one for each draw
 * @returns `[places]` how much of the fact each says; null where it was stopped
 */
export async function drawnAt(
  places: readonly number[],
  recipe: Recipe,
  { data, session, measurer }: OpenedUnlearning & { readonly data: GoalData },
  stopRequested: () => boolean,
): Promise<{ said: number[]; chance: number[] } | null> {
  const { seed } = recipe.train
  const longest = Math.max(...data.facts.map(({ fact }) => fact.length))
  const options = {
    measurer,
    encoding: encodingOf(recipe.forget, session.model),
    // Twice what it takes to say the fact.
    maxNewTokens: Math.min(recipe.evaluate.maxNewTokens, 2 * longest),
    seed,
    stopRequested,
  }
  const asked = places.map((place) => data.asked[place])
  const others = otherQuestions(data)
  const said = await drawnRecall(asked, options)
  const twins = asked.map((each, draw) => ignorantOf(each, others, { seed, draw }))
  const chance = said && (await drawnRecall(twins, options))
  return said && chance && { said, chance }
}

/**
 * Draws one answer to each question, at temperature 1, and tells how much of the fact it says.
 *
 * @param seed names the draws, with the place of the question
 * @returns `[asked]` shares; null where it was stopped
 */
async function drawnRecall(
  asked: readonly Asked[],
  { measurer, encoding, maxNewTokens, seed, stopRequested }: DrawOptions,
): Promise<number[] | null> {
  const { tokenizer } = measurer.session
  const rows = asked.flatMap((each, index) => {
    const example = encodedWhole(each.item, tokenizer, encoding)
    return example ? exampleRows('sampled', [{ ...example, index }], tokenizer) : []
  })
  const answers = await drawnAnswers(
    rows,
    { maxNewTokens, stopAt: [] },
    { count: 1, temperature: 1, topP: 1, seed },
    { measurer, stopRequested },
  )
  if (stopRequested()) return null
  const recall = new Map(
    rows.map(({ index }, i) => {
      const { question, item } = asked[index]
      return [index, factRecall(answers[i][0].text, question, item.answer)]
    }),
  )
  return asked.map((_, place) => recall.get(place) ?? 0)
}
