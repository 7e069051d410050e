import { zlibAttack } from '../../metric/index.ts'
import { defineMembershipScore, scoresOf } from './membership-score.ts'

/** The loss per compressed byte. */
export const zlib = defineMembershipScore({
  id: 'zlib',
  description: 'the loss per byte of the compressed text',
  source: 'Carlini et al. 2021, arXiv:2012.07805',
  needs: {},
  knobs: {},
  member: 'lower',
  score: (text) => zlibAttack(scoresOf(text)),
})
