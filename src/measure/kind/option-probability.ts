import { z } from 'zod'
import { optionProbability as probabilityAmong } from '../../metric/index.ts'
import { lossesOf } from './compared-texts.ts'
import { defineMean } from './kind.ts'
import { measuredSet } from './options.ts'

/** Mean over rows of `P_c / (P_c + Σ_k P_k + 1e-10)`. */
export const optionProbability = defineMean({
  id: 'option-probability',
  title: 'Probability among options',
  unit: 'share',
  description: 'Probability of the correct answer beside the wrong ones, each per token.',
  source: 'TOFU, arXiv:2401.06121; open-unlearning probability_w_options',
  schema: z.strictObject({
    ...measuredSet,
    correct: z.string().default('answer').describe('The correct text.'),
    wrong: z.string().default('perturbed').describe('The wrong texts.'),
  }),
  score: (record, options) => probabilityAmong(lossesOf(record, options)),
})
