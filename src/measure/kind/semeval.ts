import { z } from 'zod'
import { rougeL, semevalExactMatch, semevalRowKind } from '../../metric/index.ts'
import { answerOf } from './answer.ts'
import { defineKind, meanOf } from './kind.ts'

const schema = z.strictObject({ set: z.string().describe('The set that is measured.') })

/** ROUGE-L recall of the sentence completions of a set. */
export const semevalRegurgitation = defineKind({
  id: 'semeval-regurgitation',
  title: 'Regurgitation',
  unit: 'share',
  description: 'ROUGE-L recall of the greedy continuation, over rows that ask for one.',
  source: 'SemEval-2025 Task 4, evaluate_generations.py',
  schema,
  sets: ({ set }) => [set],
  score(record) {
    if (semevalRowKind(record.id ?? '') !== 'sentence-completion') return Number.NaN
    const { reference, generated } = answerOf(record)
    return rougeL(reference, generated).recall
  },
  value: (scores, { set }) => meanOf(scores[set]),
})

/** Exact answers among the questions of a set. */
export const semevalKnowledge = defineKind({
  id: 'semeval-knowledge',
  title: 'Knowledge',
  unit: 'share',
  description: 'Share of greedy answers that equal the true one but for case, over question rows.',
  source: 'SemEval-2025 Task 4, evaluate_generations.py',
  schema,
  sets: ({ set }) => [set],
  score(record) {
    if (semevalRowKind(record.id ?? '') !== 'qa') return Number.NaN
    const { reference, generated } = answerOf(record)
    return semevalExactMatch(reference, generated)
  },
  value: (scores, { set }) => meanOf(scores[set]),
})
