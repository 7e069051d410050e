import { z } from 'zod'
import { answerProbability } from '../../metric/index.ts'
import { textsOf } from '../record.ts'
import { defineMean } from './kind.ts'
import { scoredText } from './options.ts'

/** Mean over rows of the geometric mean of the token probabilities of one scored text; a text without tokens is left out. */
export const probability = defineMean({
  id: 'probability',
  title: 'Answer probability',
  unit: 'share',
  description: 'Probability of the text given its prompt, as the geometric mean over its tokens.',
  source: 'TOFU, arXiv:2401.06121; open-unlearning evaluate_probability',
  schema: z.strictObject(scoredText),
  score(record, { text }) {
    const { logProbs } = textsOf(record, text)[0]
    return logProbs.length === 0 ? null : answerProbability(logProbs)
  },
})
