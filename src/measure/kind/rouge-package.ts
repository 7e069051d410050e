import { z } from 'zod'
import { rougePackageL } from '../../metric/index.ts'
import { answerOf } from './answer.ts'
import { defineMean } from './kind.ts'
import { measuredSet } from './options.ts'

/** Mean ROUGE-L of greedy answers by the `rouge` package's count. */
export const rougePackage = defineMean({
  id: 'rouge-package',
  title: 'ROUGE-L of the greedy answer, by the rouge package',
  unit: 'share',
  description:
    'Share of the true answer’s distinct words that the greedy answer has in order, sentence by sentence.',
  source: 'pltrdy/rouge 1.0.1, as RWKU uses it; not rouge_score, which TOFU and MUSE use',
  schema: z.strictObject({
    ...measuredSet,
    part: z.enum(['precision', 'recall', 'f']).default('recall').describe('Which of its numbers.'),
  }),
  score(record, { part }) {
    const { reference, generated } = answerOf(record)
    return rougePackageL(reference, generated)[part]
  },
})
