import { z } from 'zod'
import {
  gradientNormAttack,
  lossAttack,
  minKAttack,
  minKPlusPlusAttack,
  referenceAttack,
  rocAuc,
  type TextScores,
  zlibAttack,
} from '../../metric/index.ts'
import { type SampleRecord, textsOf } from '../record.ts'
import { counted, type Scores } from './kind.ts'

export const attackOptions = {
  attack: z
    .enum(['loss', 'zlib', 'min-k', 'min-k++', 'reference', 'gradient-norm'])
    .default('min-k')
    .describe(
      'How a text is scored; lower for what was seen. reference: the loss less that of the model never trained on it; gradient-norm: of sets with gradientNorms.',
    ),
  forget: z.string().default('forget').describe('The set that is to be forgotten.'),
  holdout: z.string().default('holdout').describe('The set that was never seen.'),
  text: z.string().default('answer').describe('Which scored text.'),
  share: z.number().gt(0).max(1).default(0.4).describe('Share of tokens that min-k looks at.'),
  dropLast: z
    .boolean()
    .default(true)
    .describe('Leave the last token out of min-k and min-k++, as OpenUnlearning does.'),
}
export type AttackKnobs = z.infer<ReturnType<typeof z.strictObject<typeof attackOptions>>>

function attackScore(
  record: SampleRecord,
  { attack, text, share, dropLast }: AttackKnobs,
  neverTrained: SampleRecord | null,
): number {
  const { logProbs, mean, variance, gradientNorms, text: words } = textsOf(record, text)[0]
  if (attack === 'gradient-norm') {
    if (!gradientNorms)
      throw new RangeError(
        `record ${record.set} ${record.index}: expected gradient norms (gradientNorms: true in the set), got none`,
      )
    return gradientNormAttack(gradientNorms)
  }
  const whole: TextScores = {
    text: words,
    logProbs,
    ...(mean && { meanLogProbs: mean }),
    ...(variance && { varianceLogProbs: variance }),
  }
  if (attack === 'loss') return lossAttack(whole)
  if (attack === 'zlib') return zlibAttack(whole)
  if (attack === 'reference') {
    if (!neverTrained)
      throw new RangeError('needs the records of a model never trained on the forget set')
    return referenceAttack(whole, textsOf(neverTrained, text)[0])
  }
  const scores = dropLast ? { ...whole, logProbs: logProbs.slice(0, -1) } : whole
  return attack === 'min-k' ? minKAttack(scores, share) : minKPlusPlusAttack(scores, share)
}

/** The holdout is positive: 1 when all that is to be forgotten looks seen. */
export function aucOf(scores: Scores, { forget, holdout }: AttackKnobs): number {
  return rocAuc(counted(scores[forget]), counted(scores[holdout]))
}

/** What kinds that attack membership have in common. */
export const attackKind = {
  schema: z.strictObject(attackOptions),
  settles: ['membership'],
  sets: ({ forget, holdout }: AttackKnobs) => [forget, holdout],
  score: attackScore,
} as const
