import { lossAttack } from '../../metric/index.ts'
import { defineMembershipScore, scoresOf } from './membership-score.ts'

/** The loss, nats per token. */
export const loss = defineMembershipScore({
  id: 'loss',
  description: 'the loss',
  source: 'Yeom et al. 2018, arXiv:1709.01604',
  needs: {},
  knobs: {},
  member: 'lower',
  score: (text) => lossAttack(scoresOf(text)),
})
