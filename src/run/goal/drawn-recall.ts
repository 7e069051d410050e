import type { EncodeOptions } from '../../data/encode.ts'
import { encodedWhole } from '../../goal/asked.ts'
import type { Asked } from '../../goal/rows.ts'
import { exampleRows } from '../../measure/rows/example-rows.ts'
import { drawnAnswers } from '../../measure/score/generated-answers.ts'
import type { Measurer } from '../../measure/score/measurer.ts'
import { factRecall } from '../../metric/fact-recall.ts'

/**
 * Draws one answer to each question, at temperature 1, and tells how much of the fact it says.
 *
 * @param seed names the draws, with the place of the question
 * @returns `[asked]` shares; null where it was stopped
 */
export async function drawnRecall(
  asked: readonly Asked[],
  options: {
    readonly measurer: Measurer
    readonly encoding: EncodeOptions
    readonly maxNewTokens: number
    readonly seed: number
    readonly stopRequested: () => boolean
  },
): Promise<number[] | null> {
  const { measurer, encoding, maxNewTokens, seed, stopRequested } = options
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
