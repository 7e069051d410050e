import { minKPlusPlusAttack } from '../../metric/index.ts'
import { type LeastLikely, leastLikely, lookedAt } from './least-likely.ts'
import { defineMembershipScore } from './membership-score.ts'

/** The standardised loss of the least likely tokens. */
export const minKPlusPlus = defineMembershipScore<LeastLikely>({
  id: 'min-k++',
  description: 'the same, standardised over the vocabulary, of sets with distribution',
  source: 'Zhang et al. 2024, arXiv:2404.02936',
  needs: { distribution: true },
  knobs: leastLikely,
  member: 'lower',
  score: (text, knobs) => minKPlusPlusAttack(lookedAt(text, knobs), knobs.share),
})
