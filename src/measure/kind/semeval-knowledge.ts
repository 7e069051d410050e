import { z } from 'zod'
import { semevalExactMatch, semevalRowKind } from '../../metric/index.ts'
import { answerOf } from './answer.ts'
import { defineMean } from './kind.ts'
import { measuredSet } from './options.ts'

/** Exact answers among the questions of a set. */
export const semevalKnowledge = defineMean({
  id: 'semeval-knowledge',
  title: 'Knowledge',
  unit: 'share',
  description: 'Share of greedy answers that equal the true one but for case, over question rows.',
  source: 'SemEval-2025 Task 4, evaluate_generations.py',
  schema: z.strictObject(measuredSet),
  score(record) {
    if (semevalRowKind(record.id ?? '') !== 'qa') return null
    const { reference, generated } = answerOf(record)
    return semevalExactMatch(reference, generated)
  },
})
