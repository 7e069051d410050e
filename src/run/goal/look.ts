import type { Example } from '../../data/example.ts'
import type { WordingRole } from '../../goal/asked.ts'
import { knowledgeOf, surpriseOf } from '../../goal/levels.ts'
import type { Look } from '../../goal/standing.ts'
import type { Measurer } from '../../measure/score/measurer.ts'
import { answerProbabilities, meanOf } from '../periodic-evaluation.ts'
import type { GoalData } from './goal-data.ts'

/** Rows by which retention is judged: during the run, or before and after it. */
export interface KeptRows {
  readonly retain: readonly Example[]
  readonly general: readonly Example[]
}

/**
 * Looks at a model as it is, by forced answers alone: what it knows of the forget rows, and what it kept.
 *
 * @param roles the wordings that are asked
 * @returns null where it was stopped
 */
export async function lookAt(
  { asked, facts }: Pick<GoalData, 'asked' | 'facts'>,
  roles: readonly WordingRole[],
  kept: KeptRows,
  { measurer, stopRequested }: { measurer: Measurer; stopRequested: () => boolean },
): Promise<Look | null> {
  const places = [...asked.keys()].filter((place) => roles.includes(asked[place].role))
  const found = await knowledgeOf(
    places.map((place) => facts[place]),
    measurer.scorer,
    stopRequested,
  )
  if (!found) return null
  const of = new Map(places.map((place, i) => [place, surpriseOf(found[i])]))
  const retain = meanOf(await answerProbabilities(kept.retain, measurer, stopRequested))
  const general = meanOf(await answerProbabilities(kept.general, measurer, stopRequested))
  if (stopRequested()) return null
  return { surprises: asked.map((_, place) => of.get(place) ?? null), retain, general }
}
