import { type EvaluationSet, evaluationSets } from '../benchmark/takedown.ts'
import { evenlySpaced } from '../data/evenly-spaced.ts'
import type { Example } from '../data/example.ts'
import { meanOf } from '../math/mean.ts'
import { exampleRows } from '../measure/rows/example-rows.ts'
import { greedyAnswers } from '../measure/score/generated-answers.ts'
import type { Measurer } from '../measure/score/measurer.ts'
import { answerProbability, repetitionShare } from '../metric/index.ts'
import type { UtilityCheck } from '../train/stop-conditions.ts'
import type { NewEvent } from './events.ts'
import type { RunData } from './run-data.ts'
import type { Sample } from './samples.ts'

/** Retain examples scored in the middle of a run: enough for the utility floor, cheap enough for every epoch. */
const scoredExamples = 64

/** The evaluation in the middle of a run: shows what the model says to fixed probes, and measures whether it still works. */
export interface PeriodicEvaluation {
  /** Says it of the model before any step, from its records as far as they have the probes. */
  first(before: readonly Sample[]): Promise<UtilityCheck>
  evaluate(step: number): Promise<UtilityCheck>
}

export function createPeriodicEvaluation(options: {
  measurer: Measurer
  data: RunData
  probes: number
  maxNewTokens: number
  emit: (event: NewEvent) => void
}): PeriodicEvaluation {
  const { measurer, data, probes, maxNewTokens, emit } = options
  const asked = probesOf(data, probes)
  const scored = scoredOf(data)
  return {
    async first(before) {
      const known = new Map(before.map((sample) => [`${sample.set} ${sample.index}`, sample]))
      const sampleOf = ({ set, example }: Asked) => known.get(`${set} ${example.index}`)
      const rest = await askProbes(
        asked.filter((probe) => !sampleOf(probe)),
        maxNewTokens,
        measurer,
      )
      let next = 0
      for (const probe of asked) {
        const { index, prompt, reference, generated } = sampleOf(probe) ?? rest[next++]
        emit({
          type: 'sample',
          step: 0,
          set: probe.set,
          index,
          prompt,
          answer: reference,
          generated,
        })
      }
      const missing = scored.filter((example) => !sampleOf({ set: 'retain', example }))
      const probabilities = [
        ...scored.flatMap((example) => {
          const sample = sampleOf({ set: 'retain', example })
          return sample ? [answerProbability(sample.texts.answer[0].logProbs)] : []
        }),
        ...(await answerProbabilities(missing, measurer)),
      ]
      // Nothing is compared with the repetition of the start.
      return { repetition: null, retainProbability: meanOf(probabilities) }
    },
    async evaluate(step) {
      const said = await askProbes(asked, maxNewTokens, measurer)
      for (const { set, index, prompt, reference, generated } of said)
        emit({ type: 'sample', step, set, index, prompt, answer: reference, generated })
      const repetitions = said.flatMap(({ set, repetition }) =>
        set === 'retain' ? [repetition] : [],
      )
      return {
        repetition: meanOf(repetitions),
        retainProbability: meanOf(await answerProbabilities(scored, measurer)),
      }
    },
  }
}

interface Asked {
  readonly set: EvaluationSet
  readonly example: Example
}

/** The fixed prompts that a model is asked, so many of each set. */
export function probesOf(data: RunData, probes: number): Asked[] {
  return evaluationSets.flatMap((set) =>
    evenlySpaced(data[set] ?? [], probes).map((example) => ({ set, example })),
  )
}

/** The examples whose answers are scored. */
export function scoredOf({ retain }: RunData): readonly Example[] {
  return evenlySpaced(retain ?? [], scoredExamples)
}

/** Generates what a model says to the prompts of examples, and how much of it repeats itself. */
export async function askProbes(asked: readonly Asked[], maxNewTokens: number, measurer: Measurer) {
  const { tokenizer } = measurer.session
  const rows = asked.flatMap(({ set, example }) => exampleRows(set, [example], tokenizer))
  const answers = await greedyAnswers(rows, { maxNewTokens, stopAt: [] }, { measurer })
  return rows.map(({ index, prompt, reference = '' }, i) => {
    const { text: generated, tokens } = answers[i]
    // Of tokens, not of words: a model that says one letter or blank for ever says one word, or none.
    const repetition = repetitionShare(tokens)
    return { set: asked[i].set, index, prompt, reference, generated, repetition }
  })
}

/** Each example's probability of its answer per token; those of the rest are missing where it was asked to stop. */
export async function answerProbabilities(
  examples: readonly Example[],
  { scorer }: Measurer,
  stopRequested = () => false,
): Promise<number[]> {
  const scores = await scorer.score(examples, { distribution: false, stopRequested })
  return scores.map(({ logProbs }) => answerProbability(logProbs))
}
