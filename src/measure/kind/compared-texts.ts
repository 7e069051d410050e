import { z } from 'zod'
import { lossOf, type SampleRecord, textsOf } from '../record.ts'
import { measuredSet } from './options.ts'

export const comparedTexts = {
  ...measuredSet,
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
