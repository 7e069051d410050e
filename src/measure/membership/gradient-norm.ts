import { gradientNormAttack } from '../../metric/index.ts'
import { defineMembershipScore } from './membership-score.ts'

/** The mean norm of the loss's gradient over weight tensors. */
export const gradientNorm = defineMembershipScore({
  id: 'gradient-norm',
  description: 'the norm of the loss’s gradient, of sets with gradientNorms',
  source: 'locuslab/open-unlearning mia_gradnorm, p = 2',
  needs: { gradients: true },
  knobs: {},
  member: 'lower',
  score: ({ gradientNorms = [] }) => gradientNormAttack(gradientNorms),
})
