import { semevalMembershipScore } from '../../metric/index.ts'
import { attackKind, aucOf } from './attack.ts'
import { defineKind } from './kind.ts'

/** SemEval's membership part: 1 when the attack does no better than chance, either way. */
export const semevalMembership = defineKind({
  ...attackKind,
  id: 'semeval-membership',
  title: 'Membership score',
  unit: 'share',
  description: '1 − 2·|AUC − ½| of the loss attack: 1 when it does no better than chance.',
  source: 'SemEval-2025 Task 4, evaluate_generations.py',
  value: (scores, knobs) => semevalMembershipScore(aucOf(scores, knobs)),
})
