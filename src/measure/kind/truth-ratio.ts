import { z } from 'zod'
import { truthRatioAggregates, truthRatioScore } from '../../metric/index.ts'
import { comparedTexts, lossesOf } from './compared-texts.ts'
import { defineMean } from './kind.ts'

/** Mean truth ratio in one of its three published forms. */
export const truthRatio = defineMean({
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
  score: (record, options) => truthRatioScore(lossesOf(record, options), options.aggregate),
})
