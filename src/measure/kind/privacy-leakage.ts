import { z } from 'zod'
import { privLeak, privLeakMuse } from '../../metric/index.ts'
import { type AttackKnobs, attackKind, attackOptions, aucOf } from './attack.ts'
import { defineKind } from './kind.ts'

/** PrivLeak: that AUC against the one on the model never trained on the forget set. */
export const privacyLeakage = defineKind<AttackKnobs & { convention: 'open-unlearning' | 'muse' }>({
  ...attackKind,
  id: 'privacy-leakage',
  title: 'PrivLeak',
  unit: '%',
  needsNeverTrained: true,
  description:
    'How far the attack’s success is from that on the model never trained on the set; below 0 still known, above 0 forgotten too well.',
  source: 'MUSE, arXiv:2407.06460; open-unlearning privleak (the same up to 1e-10)',
  schema: z.strictObject({
    ...attackOptions,
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
