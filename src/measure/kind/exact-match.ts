import { z } from 'zod'
import { containsAnswer } from '../../metric/index.ts'
import { answerOf } from './answer.ts'
import { defineMean } from './kind.ts'
import { measuredSet } from './options.ts'

/** Share of greedy answers that contain the true one. */
export const exactMatch = defineMean({
  id: 'exact-match',
  title: 'True greedy answers',
  unit: 'share',
  description:
    'Share of greedy answers that contain the true answer word for word, ignoring case and punctuation.',
  source:
    'Lethe; stricter than ROUGE-L, and unlike SQuAD’s exact match words around it are allowed',
  schema: z.strictObject(measuredSet),
  score(record) {
    const { reference, generated } = answerOf(record)
    return containsAnswer(reference, generated) ? 1 : 0
  },
})
