import { z } from 'zod'
import { optionProbability as probabilityAmong } from '../../metric/index.ts'
import { lossOf, textsOf } from '../record.ts'
import { defineKind, meanOf } from './kind.ts'

/** Mean over rows of `P_c / (P_c + Σ_k P_k + 1e-10)`. */
export const optionProbability = defineKind({
  id: 'option-probability',
  title: 'Probability among options',
  unit: 'share',
  description: 'Probability of the correct answer beside the wrong ones, each per token.',
  source: 'TOFU, arXiv:2401.06121; open-unlearning probability_w_options',
  schema: z.strictObject({
    set: z.string().describe('The set that is measured.'),
    correct: z.string().default('answer').describe('The correct text.'),
    wrong: z.string().default('perturbed').describe('The wrong texts.'),
  }),
  sets: ({ set }) => [set],
  score: (record, { correct, wrong }) =>
    probabilityAmong({
      correct: lossOf(textsOf(record, correct)[0]),
      wrong: textsOf(record, wrong).map(lossOf),
    }),
  value: (scores, { set }) => meanOf(scores[set]),
})
