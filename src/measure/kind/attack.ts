import { z } from 'zod'
import { rocAuc } from '../../metric/index.ts'
import type { MembershipScore } from '../membership/membership-score.ts'
import { membershipScores } from '../membership/membership-scores.ts'
import { type RecordedText, type SampleRecord, textsOf } from '../record.ts'
import { counted, type Scores } from './kind.ts'

const scores = [...membershipScores.values()]

export const attackOptions = {
  attack: z
    .enum(scores.map(({ id }) => id))
    .default('min-k')
    .describe(
      `How a text is scored. ${scores.map(({ id, description }) => `${id}: ${description}`).join('; ')}.`,
    ),
  forget: z.string().default('forget').describe('The set that is to be forgotten.'),
  holdout: z.string().default('holdout').describe('The set that was never seen.'),
  text: z.string().default('answer').describe('Which scored text.'),
  ...(Object.assign({}, ...scores.map(({ knobs }) => knobs)) as z.ZodRawShape),
}
/** The options, and the knobs of the scores, which only these read. */
export type AttackKnobs = Record<'attack' | 'forget' | 'holdout' | 'text', string>

/** One record's score, lower for what was seen, whichever way the attack's own goes. */
function attackScore(
  record: SampleRecord,
  knobs: AttackKnobs,
  neverTrained: SampleRecord | null,
): number {
  const { attack, text } = knobs
  const score = membershipScores.get(attack)
  if (!score) throw new Error(`internal: no membership score ${attack}`)
  const own = textsOf(record, text)[0]
  requireNeeds(score, record, own, neverTrained)
  const beside = score.needs.neverTrained && neverTrained ? textsOf(neverTrained, text)[0] : null
  const found = score.score(own, knobs, beside)
  return score.member === 'lower' ? found : -found
}

function requireNeeds(
  { needs }: MembershipScore,
  { set, index }: SampleRecord,
  { mean, variance, gradientNorms }: RecordedText,
  neverTrained: SampleRecord | null,
): void {
  const refuse = (expected: string) =>
    new RangeError(`record ${set} ${index}: expected ${expected}, got none`)
  if (needs.gradients && !gradientNorms)
    throw refuse('gradient norms (gradientNorms: true in the set)')
  if (needs.distribution && !(mean && variance))
    throw refuse('mean and variance of log p (distribution: true in the set)')
  if (needs.neverTrained && !neverTrained)
    throw new RangeError('needs the records of a model never trained on the forget set')
}

/** The holdout is positive: 1 when all that is to be forgotten looks seen. */
export function aucOf(scores: Scores, { forget, holdout }: AttackKnobs): number {
  return rocAuc(counted(scores[forget]), counted(scores[holdout]))
}

/** What kinds that attack membership have in common. */
export const attackKind = {
  schema: z.strictObject(attackOptions) as z.ZodType<AttackKnobs>,
  settles: ['membership'],
  sets: ({ forget, holdout }: AttackKnobs) => [forget, holdout],
  score: attackScore,
} as const
