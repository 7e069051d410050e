import { z } from 'zod'

/** Options that several kinds have in common. */
export const measuredSet = { set: z.string().describe('The set that is measured.') }
export const scoredText = {
  ...measuredSet,
  text: z.string().default('answer').describe('Which scored text.'),
}
