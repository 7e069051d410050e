import { z } from 'zod'
import { exactMemorisation as memorisedShare } from '../../metric/index.ts'
import { defineMean } from './kind.ts'
import { firstChoices, memorisedText } from './memorised.ts'

/** Mean share of tokens that are the model's first choice; a text without tokens is left out. */
export const exactMemorisation = defineMean({
  id: 'exact-memorisation',
  title: 'Exact memorisation',
  unit: 'share',
  description: 'Share of answer tokens that are the model’s first choice, those before them given.',
  source: 'arXiv:2205.10770; open-unlearning exact_memorization',
  schema: z.strictObject(memorisedText),
  score(record, options) {
    const choices = firstChoices(record, options)
    return choices.length === 0 ? null : memorisedShare(choices)
  },
})
