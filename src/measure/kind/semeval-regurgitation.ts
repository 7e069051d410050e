import { z } from 'zod'
import { rougeL, semevalRowKind } from '../../metric/index.ts'
import { answerOf } from './answer.ts'
import { defineMean } from './kind.ts'
import { measuredSet } from './options.ts'

/** ROUGE-L recall of the sentence completions of a set. */
export const semevalRegurgitation = defineMean({
  id: 'semeval-regurgitation',
  title: 'Regurgitation',
  unit: 'share',
  description: 'ROUGE-L recall of the greedy continuation, over rows that ask for one.',
  source: 'SemEval-2025 Task 4, evaluate_generations.py',
  schema: z.strictObject(measuredSet),
  score(record) {
    if (semevalRowKind(record.id ?? '') !== 'sentence-completion') return null
    const { reference, generated } = answerOf(record)
    return rougeL(reference, generated).recall
  },
})
