import { minKAttack } from '../../metric/index.ts'
import { type LeastLikely, leastLikely, lookedAt } from './least-likely.ts'
import { defineMembershipScore } from './membership-score.ts'

/** The loss of the least likely tokens. */
export const minK = defineMembershipScore<LeastLikely>({
  id: 'min-k',
  description: 'the loss of the least likely tokens',
  source: 'Shi et al. 2024, arXiv:2310.16789',
  needs: {},
  knobs: leastLikely,
  member: 'lower',
  score: (text, knobs) => minKAttack(lookedAt(text, knobs), knobs.share),
})
