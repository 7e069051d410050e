import { z } from 'zod'
import { ngramFluency, textPieces } from '../../metric/index.ts'
import { answerOf } from './answer.ts'
import { defineMean } from './kind.ts'
import { measuredSet } from './options.ts'

/** Mean n-gram entropy of greedy answers. */
export const fluency = defineMean({
  id: 'fluency',
  title: 'Fluency',
  unit: 'bits',
  description: 'Entropy of the n-grams of greedy answers: low when they repeat themselves.',
  source: 'RWKU, arXiv:2406.10890; arXiv:1809.05972',
  schema: z.strictObject(measuredSet),
  score: (record) => ngramFluency(textPieces(answerOf(record).generated)),
})
