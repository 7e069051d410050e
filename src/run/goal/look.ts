import type { FactExample, WordingRole } from '../../goal/asked.ts'
import { knowledgeOf, surpriseOf } from '../../goal/levels.ts'
import type { Look } from '../../goal/standing.ts'
import type { Measurer } from '../../measure/score/measurer.ts'
import { answerProbability } from '../../metric/index.ts'
import type { GoalData } from './goal-data.ts'

/** Rows by which retention is judged: during the run, or before and after it. */
export interface KeptRows {
  readonly retain: readonly FactExample[]
  readonly general: readonly FactExample[]
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
  const scored = (examples: readonly FactExample[]) =>
    knowledgeOf(examples, measurer.scorer, stopRequested)
  const found = await scored(places.map((place) => facts[place]))
  const retain = found && (await scored(kept.retain))
  const general = retain && (await scored(kept.general))
  if (!general) return null
  const of = new Map(places.map((place, i) => [place, surpriseOf(found[i])]))
  return {
    surprises: asked.map((_, place) => of.get(place) ?? null),
    retain: probabilities(retain),
    general: probabilities(general),
  }
}

function probabilities(rows: readonly (readonly number[])[]): number[] | null {
  return rows.length === 0 ? null : rows.map(answerProbability)
}
