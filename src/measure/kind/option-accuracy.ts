import { z } from 'zod'
import { choiceCorrect } from '../../metric/index.ts'
import { lossesOf } from './compared-texts.ts'
import { defineMean } from './kind.ts'
import { measuredSet } from './options.ts'

/** Share of rows whose correct text is likelier per token than every wrong one: `−L_c > max_k −L_k`, of equals the correct one. */
export const optionAccuracy = defineMean({
  id: 'option-accuracy',
  title: 'Right before wrong answers',
  unit: 'share',
  description: 'Share of questions whose correct answer is likelier per token than the wrong ones.',
  source: 'EleutherAI/lm-evaluation-harness acc_norm, by tokens in place of characters',
  schema: z.strictObject({
    ...measuredSet,
    correct: z.string().default('answer').describe('The correct text.'),
    wrong: z.string().default('perturbed').describe('The wrong texts.'),
  }),
  score(record, options) {
    const { correct, wrong } = lossesOf(record, options)
    return choiceCorrect(
      [correct, ...wrong].map((loss) => -loss),
      0,
    )
  },
})
