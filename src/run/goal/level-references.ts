import { type IgnoranceLevel, tokenTargets } from '../../goal/ignorance.ts'
import type { ReferenceScores } from '../../train/step-source.ts'
import type { GoalData } from './goal-data.ts'

/** Of the nats of a retain row, what it is brought to. */
const lift = 0.5

/**
 * The scores that losses compare with. A forget loss: ignorance in place of the starting model, so that a loss whose push fades below
 * its reference fades where nothing is known any more. A retain loss: retain rows somewhat likelier than they were, which makes up
 * for what forgetting costs their neighbours that do not train; answers to general prompts as they were.
 *
 * @param scores of the starting model; where no loss asked for them they stay as they are
 */
export function levelReferences(
  scores: ReferenceScores,
  { trained, asked, facts, own }: Pick<GoalData, 'trained' | 'asked' | 'facts' | 'own'>,
  levels: readonly IgnoranceLevel[],
): ReferenceScores {
  const { forget, retain } = scores.tokens
  const lifted = retain?.map((logProbs, i) =>
    own[i] ? logProbs.map((logProb) => lift * logProb) : logProbs,
  )
  const kept = lifted ? { ...scores, tokens: { ...scores.tokens, retain: lifted } } : scores
  if (!forget) return kept
  const leveled = forget.map((logProbs, i) => {
    const { fact } = facts[trained[i]]
    const count = fact.reduce((sum, one) => sum + one, 0)
    const targets = tokenTargets(levels[asked[trained[i]].row], count).values()
    return logProbs.map((logProb, place) =>
      fact[place] === 1 ? (targets.next().value as number) : logProb,
    )
  })
  return { ...kept, tokens: { ...kept.tokens, forget: leveled } }
}
