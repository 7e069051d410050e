import { attackCloseness } from '../../metric/index.ts'
import { attackKind, aucOf } from './attack.ts'
import { defineKind } from './kind.ts'

/** How close an attack's AUC is to that on the model never trained on the forget set. */
export const membershipCloseness = defineKind({
  ...attackKind,
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
