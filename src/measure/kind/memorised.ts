import { z } from 'zod'
import { type SampleRecord, textsOf } from '../record.ts'
import { scoredText } from './options.ts'

export const memorisedText = {
  ...scoredText,
  dropLast: z
    .boolean()
    .default(true)
    .describe('Leave the last token out, the end token of an answer, as OpenUnlearning does.'),
}

/** Whether each token of a text is the model's first choice. */
export function firstChoices(
  record: SampleRecord,
  { text, dropLast }: { text: string; dropLast: boolean },
): boolean[] {
  const all = [...textsOf(record, text)[0].firstChoice].map((digit) => digit === '1')
  return dropLast ? all.slice(0, -1) : all
}
