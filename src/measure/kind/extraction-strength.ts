import { z } from 'zod'
import { extractionStrength as extractedShare } from '../../metric/index.ts'
import { defineMean } from './kind.ts'
import { firstChoices, memorisedText } from './memorised.ts'

/** Mean share of an answer that the model ends by itself. */
export const extractionStrength = defineMean({
  id: 'extraction-strength',
  title: 'Extraction strength',
  unit: 'share',
  description:
    'Share of the answer’s end that the model gives by itself once it has the beginning.',
  source: 'arXiv:2012.07805; arXiv:2506.12618',
  schema: z.strictObject({
    ...memorisedText,
    variant: z
      .enum(['paper', 'released'])
      .default('paper')
      .describe(
        '"released": nothing extractable scores 1/m and a text of one token 1, as in OpenUnlearning’s code.',
      ),
  }),
  score: (record, options) => extractedShare(firstChoices(record, options), options.variant),
})
