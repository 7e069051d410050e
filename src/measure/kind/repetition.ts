import { z } from 'zod'
import { repetitionShare, textPieces } from '../../metric/index.ts'
import { answerOf } from './answer.ts'
import { defineMean } from './kind.ts'
import { measuredSet } from './options.ts'

/** Mean share of 4-grams of greedy answers that repeat an earlier one: near 1 in a collapsed model. */
export const repetition = defineMean({
  id: 'repetition',
  title: 'Repetition',
  unit: 'share',
  description:
    'Share of a greedy answer’s four-word runs that repeat an earlier one; near 1 means the model has collapsed into a loop.',
  source: 'arXiv:1908.04319 (seq-rep-4)',
  schema: z.strictObject(measuredSet),
  score: (record) => repetitionShare(textPieces(answerOf(record).generated)),
})
