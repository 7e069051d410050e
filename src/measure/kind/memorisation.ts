import { z } from 'zod'
import { exactMemorisation, extractionStrength } from '../../metric/index.ts'
import { type SampleRecord, textsOf } from '../record.ts'
import { defineKind, meanOf } from './kind.ts'

const options = {
  set: z.string().describe('The set that is measured.'),
  text: z.string().default('answer').describe('Which scored text.'),
  dropLast: z
    .boolean()
    .default(true)
    .describe('Leave the last token out, the end token of an answer, as OpenUnlearning does.'),
}

function choices(record: SampleRecord, { text, dropLast }: { text: string; dropLast: boolean }) {
  const all = [...textsOf(record, text)[0].firstChoice].map((digit) => digit === '1')
  return dropLast ? all.slice(0, -1) : all
}

/** Mean share of tokens that are the model's first choice. */
export const exactMemorisationKind = defineKind({
  id: 'exact-memorisation',
  title: 'Exact memorisation',
  unit: 'share',
  description: 'Share of answer tokens that are the model’s first choice, those before them given.',
  source: 'arXiv:2205.10770; open-unlearning exact_memorization',
  schema: z.strictObject(options),
  sets: ({ set }) => [set],
  score: (record, knobs) => exactMemorisation(choices(record, knobs)),
  value: (scores, { set }) => meanOf(scores[set]),
})

/** Mean share of an answer that the model ends by itself. */
export const extractionStrengthKind = defineKind({
  id: 'extraction-strength',
  title: 'Extraction strength',
  unit: 'share',
  description:
    'Share of the answer’s end that the model gives by itself once it has the beginning.',
  source: 'arXiv:2012.07805; arXiv:2506.12618',
  schema: z.strictObject({
    ...options,
    variant: z
      .enum(['paper', 'released'])
      .default('paper')
      .describe('"released": nothing extractable scores 1/m, as OpenUnlearning’s code does.'),
  }),
  sets: ({ set }) => [set],
  score: (record, knobs) => extractionStrength(choices(record, knobs), knobs.variant),
  value: (scores, { set }) => meanOf(scores[set]),
})
