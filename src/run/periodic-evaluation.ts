import type { EvaluationSet } from '../benchmark/takedown.ts'
import { evenlySpaced } from '../data/evenly-spaced.ts'
import type { Example } from '../data/example.ts'
import { exampleRows } from '../measure/rows/example-rows.ts'
import { greedyAnswers } from '../measure/score/generated-answers.ts'
import type { Measurer } from '../measure/score/measurer.ts'
import { answerProbability, repetitionShare } from '../metric/index.ts'
import type { UtilityCheck } from '../train/stop-conditions.ts'
import type { NewEvent } from './events.ts'

/** Retain examples scored in the middle of a run: enough for the utility floor, cheap enough for every epoch. */
const scoredExamples = 64

/** The evaluation in the middle of a run: shows what the model says to fixed probes, and measures whether it still works. */
export interface PeriodicEvaluation {
  evaluate(step: number): Promise<UtilityCheck>
}

export function createPeriodicEvaluation(options: {
  measurer: Measurer
  forget: readonly Example[]
  retain: readonly Example[]
  probes: number
  maxNewTokens: number
  emit: (event: NewEvent) => void
}): PeriodicEvaluation {
  const { measurer, forget, retain, probes, maxNewTokens, emit } = options
  const chosen: [EvaluationSet, readonly Example[]][] = [
    ['forget', evenlySpaced(forget, probes)],
    ['retain', evenlySpaced(retain, probes)],
  ]
  const scored = evenlySpaced(retain, scoredExamples)
  return {
    async evaluate(step) {
      let repetition: number | null = null
      for (const [set, examples] of chosen) {
        if (examples.length === 0) continue
        const { said, repetition: own } = await askProbes(set, examples, maxNewTokens, measurer)
        for (const sample of said) emit({ type: 'sample', step, ...sample })
        if (set === 'retain') repetition = own
      }
      return { repetition, retainProbability: await meanProbability(scored, measurer) }
    },
  }
}

/** Generates what a model says to the prompts of examples, and how much of it repeats itself. */
export async function askProbes(
  set: EvaluationSet,
  examples: readonly Example[],
  maxNewTokens: number,
  measurer: Measurer,
) {
  const rows = exampleRows(set, examples, measurer.session.tokenizer)
  const answers = await greedyAnswers(rows, { maxNewTokens, stopAt: [] }, { measurer })
  const said = rows.map(({ index, prompt, reference = '' }, i) => {
    return { set, index, prompt, answer: reference, generated: answers[i].text }
  })
  // Of tokens, not of words: a model that says one letter or blank for ever says one word, or none.
  const repeated = answers.reduce((sum, { tokens }) => sum + repetitionShare(tokens), 0)
  return { said, repetition: repeated / answers.length }
}

/** Mean over examples of the answer's probability per token; null for none. */
export async function meanProbability(
  examples: readonly Example[],
  { scorer }: Measurer,
): Promise<number | null> {
  if (examples.length === 0) return null
  const scores = await scorer.score(examples, { distribution: false })
  const total = scores.reduce((sum, { logProbs }) => sum + answerProbability(logProbs), 0)
  return total / scores.length
}
