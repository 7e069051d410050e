import { referenceAttack } from '../../metric/index.ts'
import { defineMembershipScore, scoresOf } from './membership-score.ts'

/** The loss less that of the model never trained on the text. */
export const reference = defineMembershipScore({
  id: 'reference',
  description: 'the loss less that of the model never trained on it',
  source: 'Carlini et al. 2021, arXiv:2012.07805; locuslab/open-unlearning mia_reference',
  needs: { neverTrained: true },
  knobs: {},
  member: 'lower',
  score: (text, _, neverTrained) =>
    referenceAttack(scoresOf(text), scoresOf(neverTrained as NonNullable<typeof neverTrained>)),
})
