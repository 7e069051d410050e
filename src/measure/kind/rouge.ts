import { z } from 'zod'
import { rouge1, rougeL, rougeTokens } from '../../metric/index.ts'
import { answerOf } from './answer.ts'
import { defineMean } from './kind.ts'
import { measuredSet } from './options.ts'

/** Mean ROUGE of greedy answers. */
export const rouge = defineMean({
  id: 'rouge',
  title: ({ measure, part }) =>
    `${measure === 'rougeL' ? 'ROUGE-L' : 'ROUGE-1'} ${part === 'f' ? 'F1' : part}`,
  unit: 'share',
  description({ measure, part, stem }) {
    const how = `${measure === 'rougeL' ? ' in the same order' : ''}${stem ? ', words stemmed' : ''}`
    if (part === 'recall')
      return `Share of the true answer’s words that the greedy answer contains${how}.`
    if (part === 'precision')
      return `Share of the greedy answer’s words that the true answer contains${how}.`
    return `Harmonic mean of the shares of words that greedy and true answer have of each other${how}.`
  },
  source: 'rouge_score; TOFU and SemEval use ROUGE-L recall with stems, MUSE F1 without',
  schema: z.strictObject({
    ...measuredSet,
    measure: z.enum(['rouge1', 'rougeL']).default('rougeL').describe('Words, or words in order.'),
    part: z.enum(['precision', 'recall', 'f']).default('recall').describe('Which of its numbers.'),
    stem: z.boolean().default(true).describe('Whether words are stemmed.'),
    // No default: what was measured before the option was there is the same.
    words: z
      .enum(['latin', 'unicode'])
      .optional()
      .describe('What a word is: of a–z and digits, as rouge_score has it, or of any script.'),
  }),
  score(record, { measure, part, stem, words = 'latin' }) {
    const { reference, generated } = answerOf(record)
    // An answer without a word of the rule, in another script, would be 0 whatever the model says.
    if (rougeTokens(reference, { stem, words }).length === 0) return null
    return (measure === 'rougeL' ? rougeL : rouge1)(reference, generated, { stem, words })[part]
  },
})
