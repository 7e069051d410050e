import { z } from 'zod'
import { truthRatioAggregates, truthRatioScore } from '../../metric/index.ts'
import { lossOf, type SampleRecord, textsOf } from '../record.ts'
import { defineKind, meanOf } from './kind.ts'

export const comparedTexts = {
  set: z.string().describe('The set that is measured.'),
  correct: z.string().default('paraphrased').describe('The correct text.'),
  wrong: z.string().default('perturbed').describe('The wrong texts.'),
}

/** Nats per token of the correct and the wrong texts of a record. */
export function lossesOf(record: SampleRecord, options: { correct: string; wrong: string }) {
  return {
    correct: lossOf(textsOf(record, options.correct)[0]),
    wrong: textsOf(record, options.wrong).map(lossOf),
  }
}

/** Mean truth ratio in one of its three published forms. */
export const truthRatio = defineKind({
  id: 'truth-ratio',
  title: 'Truth ratio',
  unit: 'share',
  description:
    'How likely wrong answers are beside the correct one, geometric mean over the wrong.',
  source: 'TOFU, arXiv:2401.06121; open-unlearning truth_ratio',
  schema: z.strictObject({
    ...comparedTexts,
    aggregate: z
      .enum(truthRatioAggregates)
      .describe('closerToOneBetter on what is forgotten, trueBetter on what is kept.'),
  }),
  sets: ({ set }) => [set],
  score: (record, options) => truthRatioScore(lossesOf(record, options), options.aggregate),
  value: (scores, { set }) => meanOf(scores[set]),
})
