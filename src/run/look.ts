import type { Example } from '../data/example.ts'
import { spread } from '../data/spread.ts'
import { type Evaluator, greedyAnswers, probeOf } from '../measure/evaluate.ts'
import type { EvaluationSet } from '../metric/index.ts'
import { repetitionShare } from '../metric/index.ts'
import type { UtilityCheck } from '../train/stop-conditions.ts'
import type { NewEvent } from './events.ts'

/** Retain examples scored in the middle of a run: enough for the utility floor, cheap enough for every epoch. */
const scoredExamples = 64

/** Shows what the model says to fixed probes, and measures whether it still works. */
export interface Looker {
  look(step: number): Promise<UtilityCheck>
}

export function createLooker(options: {
  evaluator: Evaluator
  forget: readonly Example[]
  retain: readonly Example[]
  probes: number
  emit: (event: NewEvent) => void
}): Looker {
  const { evaluator, forget, retain, probes, emit } = options
  const chosen: [EvaluationSet, readonly Example[]][] = [
    ['forget', spread(forget, probes)],
    ['retain', spread(retain, probes)],
  ]
  const scored = spread(retain, scoredExamples)
  return {
    async look(step) {
      let repetition: number | null = null
      for (const [set, examples] of chosen) {
        if (examples.length === 0) continue
        const answers = await greedyAnswers(examples, evaluator)
        for (const [i, example] of examples.entries()) {
          const { prompt, answer } = probeOf(example, evaluator.tokenizer)
          emit({
            type: 'sample',
            step,
            set,
            index: example.index,
            prompt,
            answer,
            generated: answers[i].text,
          })
        }
        // Of tokens, not of words: a model that says one letter or blank for ever says one word, or none.
        if (set === 'retain')
          repetition =
            answers.reduce((sum, { tokens }) => sum + repetitionShare(tokens), 0) / answers.length
      }
      return { repetition, retainProbability: await meanProbability(scored, evaluator) }
    },
  }
}

/** Mean over examples of the answer's probability per token; null for none. */
export async function meanProbability(
  examples: readonly Example[],
  { scorer }: Evaluator,
): Promise<number | null> {
  if (examples.length === 0) return null
  const scores = await scorer.score(examples)
  const total = scores.reduce((sum, { logProb, tokens }) => sum + Math.exp(logProb / tokens), 0)
  return total / scores.length
}
