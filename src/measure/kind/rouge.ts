import { z } from 'zod'
import { rouge1, rougeL } from '../../metric/index.ts'
import { answerOf } from './answer.ts'
import { defineKind, meanOf } from './kind.ts'

/** Mean ROUGE of greedy answers. */
export const rouge = defineKind({
  id: 'rouge',
  title: 'ROUGE of the greedy answer',
  unit: 'share',
  description: 'Overlap of the greedy answer with the true one.',
  source: 'rouge_score; TOFU and SemEval use ROUGE-L recall with stems, MUSE F1 without',
  schema: z.strictObject({
    set: z.string().describe('The set that is measured.'),
    measure: z.enum(['rouge1', 'rougeL']).default('rougeL').describe('Words, or words in order.'),
    part: z.enum(['precision', 'recall', 'f']).default('recall').describe('Which of its numbers.'),
    stem: z.boolean().default(true).describe('Whether words are stemmed.'),
  }),
  sets: ({ set }) => [set],
  score(record, { measure, part, stem }) {
    const { reference, generated } = answerOf(record)
    return (measure === 'rougeL' ? rougeL : rouge1)(reference, generated, { stem })[part]
  },
  value: (scores, { set }) => meanOf(scores[set]),
})
