import { z } from 'zod'
import { choiceCorrect } from '../../metric/index.ts'
import { textsOf } from '../record.ts'
import { defineKind, meanOf } from './kind.ts'

/** Share of questions whose most likely option is the right one; several sets weigh by their size. */
export const choiceAccuracy = defineKind({
  id: 'choice-accuracy',
  title: 'Multiple-choice accuracy',
  unit: 'share',
  description: 'Share of questions whose most likely option (summed log p) is the right one.',
  source: 'EleutherAI/lm-evaluation-harness, acc',
  schema: z.strictObject({
    sets: z.array(z.string()).min(1).describe('The sets that are measured together.'),
  }),
  sets: ({ sets }) => sets,
  score(record) {
    const sums = textsOf(record, 'options').map(({ logProbs }) =>
      logProbs.reduce((sum, logProb) => sum + logProb, 0),
    )
    if (record.gold === undefined)
      throw new RangeError(`record ${record.set} ${record.index}: expected a right option`)
    return choiceCorrect(sums, record.gold)
  },
  value: (scores, { sets }) => meanOf(sets.flatMap((set) => scores[set])),
})
