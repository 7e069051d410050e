import { z } from 'zod'
import {
  attackCloseness,
  gradientNormAttack,
  lossAttack,
  minKAttack,
  minKPlusPlusAttack,
  privLeak,
  privLeakMuse,
  referenceAttack,
  rocAuc,
  semevalMembershipScore,
  type TextScores,
  zlibAttack,
} from '../../metric/index.ts'
import { type SampleRecord, textsOf } from '../record.ts'
import { defineKind, type Scores } from './kind.ts'

const options = {
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
type Knobs = z.infer<ReturnType<typeof z.strictObject<typeof options>>>

function attackScore(
  record: SampleRecord,
  { attack, text, share, dropLast }: Knobs,
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
function aucOf(scores: Scores, { forget, holdout }: Knobs): number {
  return rocAuc(scores[forget], scores[holdout])
}

const common = {
  schema: z.strictObject(options),
  sets: ({ forget, holdout }: Knobs) => [forget, holdout],
  score: attackScore,
}

/** AUC with which an attack tells the forget set from one never seen. */
export const membership = defineKind({
  ...common,
  id: 'membership',
  title: 'Membership attack AUC',
  unit: 'share',
  description:
    'AUC with which scores of texts tell the forget set from a set never seen; ½ is chance, 1 all found.',
  source:
    'arXiv:2310.16789 (min-k), arXiv:2404.02936 (min-k++), arXiv:2012.07805 (zlib); open-unlearning mia_gradnorm',
  value: aucOf,
})

/** PrivLeak: that AUC against the one on the model never trained on the forget set. */
export const privacyLeakage = defineKind<Knobs & { convention: 'open-unlearning' | 'muse' }>({
  ...common,
  id: 'privacy-leakage',
  title: 'PrivLeak',
  unit: '%',
  needsNeverTrained: true,
  description:
    'How far the attack’s success is from that on the model never trained on the set; below 0 still known, above 0 forgotten too well.',
  source: 'MUSE, arXiv:2407.06460; open-unlearning privleak (the same up to 1e-10)',
  schema: z.strictObject({
    ...options,
    convention: z
      .enum(['open-unlearning', 'muse'])
      .default('open-unlearning')
      .describe('Whose formula; they are equal up to 1e-10.'),
  }),
  value(scores, knobs, neverTrained) {
    if (!neverTrained)
      throw new RangeError('PrivLeak: expected the records of the model never trained')
    const [auc, reference] = [aucOf(scores, knobs), aucOf(neverTrained, knobs)]
    return knobs.convention === 'muse'
      ? privLeakMuse(1 - auc, 1 - reference)
      : privLeak(auc, reference)
  },
})

/** How close an attack's AUC is to that on the model never trained on the forget set. */
export const membershipCloseness = defineKind({
  ...common,
  id: 'membership-closeness',
  title: 'Membership as if never trained',
  unit: 'share',
  needsNeverTrained: true,
  description:
    '1 − |AUC − AUC_r| / AUC_r, AUC_r that of the model never trained on the forget set; 1 is ideal.',
  source: 'arXiv:2506.12618 (named), gnueaj/unlearning-depth-score (formula)',
  value(scores, knobs, neverTrained) {
    if (!neverTrained)
      throw new RangeError('privacy: expected the records of the model never trained')
    return attackCloseness(aucOf(scores, knobs), aucOf(neverTrained, knobs))
  },
})

/** SemEval's membership part: 1 when the attack does no better than chance, either way. */
export const semevalMembership = defineKind({
  ...common,
  id: 'semeval-membership',
  title: 'Membership score',
  unit: 'share',
  description: '1 − 2·|AUC − ½| of the loss attack: 1 when it does no better than chance.',
  source: 'SemEval-2025 Task 4, evaluate_generations.py',
  value: (scores, knobs) => semevalMembershipScore(aucOf(scores, knobs)),
})
