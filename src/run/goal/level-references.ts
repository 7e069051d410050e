import { type IgnoranceLevel, tokenTargets } from '../../goal/ignorance.ts'
import type { ReferenceScores } from '../../train/step-source.ts'
import type { GoalData } from './goal-data.ts'

/**
 * The scores that a forget loss compares with: ignorance in place of the starting model, so that a loss whose push fades below
 * its reference fades where nothing is known any more.
 *
 * @param scores of the starting model; where no loss asked for them they stay as they are
 */
export function levelReferences(
  scores: ReferenceScores,
  { trained, asked, facts }: Pick<GoalData, 'trained' | 'asked' | 'facts'>,
  levels: readonly IgnoranceLevel[],
): ReferenceScores {
  const { forget } = scores.tokens
  if (!forget) return scores
  const leveled = forget.map((logProbs, i) => {
    const { fact } = facts[trained[i]]
    const count = fact.reduce((sum, one) => sum + one, 0)
    const own = tokenTargets(levels[asked[trained[i]].row], count).values()
    return logProbs.map((logProb, place) =>
      fact[place] === 1 ? (own.next().value as number) : logProb,
    )
  })
  return { ...scores, tokens: { ...scores.tokens, forget: leveled } }
}
