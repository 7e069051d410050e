import { exampleRows } from '../../measure/rows/example-rows.ts'
import type { BenchmarkRow } from '../../measure/rows/load-set.ts'
import { greedyAnswers } from '../../measure/score/generated-answers.ts'
import { chunksOf } from '../../measure/score/measure-rows.ts'
import type { Measurer } from '../../measure/score/measurer.ts'
import type { Recipe } from '../../recipe/recipe-schema.ts'
import { automaticData } from '../../recipe/section/data-section.ts'
import { longestAnswer } from '../automatic-retain.ts'
import { measuredRows } from '../measure.ts'
import { probesOf, scoredOf } from '../periodic-evaluation.ts'
import type { RunData } from '../run-data.ts'

/** The time that looking at the model takes, at most: answers that end early take less. */
export interface MeasuringSeconds {
  /** Of all rows, before and after training. */
  readonly measuring: number
  /** Of one evaluation in the middle of the run. */
  readonly evaluation: number
  /** Of what the starting model is asked before; 0 where it asks nothing. */
  readonly answering: number
}

/** Tokens of each answer that are timed, after the first. */
const timedTokens = 4

/** Scores the first rows and has the model answer them with a few tokens, and counts the others like them. */
export async function timeMeasuring(
  recipe: Recipe,
  data: RunData,
  measurer: Measurer,
  clock: () => number,
): Promise<MeasuringSeconds> {
  const { maxNewTokens } = recipe.evaluate
  const timed = async (work: () => Promise<unknown>) => {
    const began = clock()
    await work()
    return (clock() - began) / 1000
  }
  const answering = async (rows: readonly BenchmarkRow[], longest = maxNewTokens) => {
    const answer = (tokens: number) =>
      timed(() => greedyAnswers(rows, { maxNewTokens: tokens, stopAt: [] }, { measurer }))
    if (rows.length === 0 || longest === 0) return 0
    const first = await answer(1)
    const more = (await answer(1 + timedTokens)) - first
    return first + (Math.max(0, more) / timedTokens) * (longest - 1)
  }
  const scoring = (examples: RunData['forget']) =>
    timed(() => measurer.scorer.score(examples, { distribution: false }))

  const rows = measuredRows(recipe, data, measurer)
  const [chunk = []] = chunksOf(rows)
  const texts = chunk.flatMap(({ texts }) => texts.answer.map(({ example }) => example))
  const scored = await scoring(texts)
  const ofChunk = scored + (await answering(chunk))
  const probes = probesOf(data, recipe.evaluate.probes)
  const { tokenizer } = measurer.session
  const asked = probes.flatMap(({ set, example }) => exampleRows(set, [example], tokenizer))
  const unanswered = (data.retain ?? []).filter(({ origin }) => origin.file === automaticData)
  const [first = []] = chunksOf(exampleRows('retain', unanswered, tokenizer))
  const perText = scored / Math.max(1, texts.length)
  return {
    measuring: (2 * ofChunk * rows.length) / Math.max(1, chunk.length),
    answering:
      ((await answering(first, longestAnswer)) * unanswered.length) / Math.max(1, first.length),
    evaluation: (await answering(asked)) + perText * scoredOf(data).length,
  }
}
