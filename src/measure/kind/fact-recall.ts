import { z } from 'zod'
import { factRecall as recallOf } from '../../metric/index.ts'
import { answerOf } from './answer.ts'
import { defineMean } from './kind.ts'
import { measuredSet } from './options.ts'

/** Mean share of the facts that greedy answers say. */
export const factRecall = defineMean({
  id: 'fact-recall',
  title: 'Facts said',
  unit: 'share',
  description:
    'Share of the true answer’s names and numbers (or, where it has none, its words of matter) beyond those of the question that the greedy answer says.',
  source: 'Lethe; what ROUGE recall is without the words that anybody can repeat from the question',
  schema: z.strictObject(measuredSet),
  score(record) {
    const { reference, generated } = answerOf(record)
    return recallOf(generated, record.prompt, reference)
  },
})
