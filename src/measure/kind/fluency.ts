import { z } from 'zod'
import { ngramFluency, repetitionShare, textPieces } from '../../metric/index.ts'
import { answerOf } from './answer.ts'
import { defineKind, meanOf } from './kind.ts'

const schema = z.strictObject({ set: z.string().describe('The set that is measured.') })

/** Mean n-gram entropy of greedy answers. */
export const fluency = defineKind({
  id: 'fluency',
  title: 'Fluency',
  unit: 'bits',
  description: 'Entropy of the n-grams of greedy answers: low when they repeat themselves.',
  source: 'RWKU, arXiv:2406.10890; arXiv:1809.05972',
  schema,
  sets: ({ set }) => [set],
  score: (record) => ngramFluency(textPieces(answerOf(record).generated)),
  value: (scores, { set }) => meanOf(scores[set]),
})

/** Mean share of 4-grams of greedy answers that repeat an earlier one: near 1 in a collapsed model. */
export const repetition = defineKind({
  id: 'repetition',
  title: 'Repetition',
  unit: 'share',
  description:
    'Share of 4-grams of the greedy answer that repeat an earlier one; near 1 in a collapsed model.',
  source: 'arXiv:1908.04319 (seq-rep-4)',
  schema,
  sets: ({ set }) => [set],
  score: (record) => repetitionShare(textPieces(answerOf(record).generated)),
  value: (scores, { set }) => meanOf(scores[set]),
})
