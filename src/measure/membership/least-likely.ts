import { z } from 'zod'
import type { TextScores } from '../../metric/index.ts'
import type { RecordedText } from '../record.ts'
import { scoresOf } from './membership-score.ts'

/** What scores of the least likely tokens are told. */
export const leastLikely = {
  share: z.number().gt(0).max(1).default(0.4).describe('Share of tokens that min-k looks at.'),
  dropLast: z
    .boolean()
    .default(true)
    .describe('Leave the last token out of min-k and min-k++, as OpenUnlearning does.'),
}
export type LeastLikely = z.infer<ReturnType<typeof z.strictObject<typeof leastLikely>>>

/** A text's scores with or without those of its last token. */
export function lookedAt(text: RecordedText, { dropLast }: LeastLikely): TextScores {
  const whole = scoresOf(text)
  return dropLast ? { ...whole, logProbs: whole.logProbs.slice(0, -1) } : whole
}
