import { z } from 'zod'
import { lossOf, textsOf } from '../record.ts'
import { defineKind, meanOf } from './kind.ts'

/** Mean over rows of `exp(−loss)` of one scored text: the geometric mean of its token probabilities. */
export const probability = defineKind({
  id: 'probability',
  title: 'Answer probability',
  unit: 'share',
  description: 'Probability of the text given its prompt, as the geometric mean over its tokens.',
  source: 'TOFU, arXiv:2401.06121; open-unlearning evaluate_probability',
  schema: z.strictObject({
    set: z.string().describe('The set that is measured.'),
    text: z.string().default('answer').describe('Which scored text.'),
  }),
  sets: ({ set }) => [set],
  score: (record, { text }) => Math.exp(-lossOf(textsOf(record, text)[0])),
  value: (scores, { set }) => meanOf(scores[set]),
})
