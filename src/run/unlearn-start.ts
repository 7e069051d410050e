import type { ResolvedMethod } from '../method/resolve.ts'
import type { Recipe } from '../recipe/recipe-schema.ts'
import type { Registry } from '../recipe/registry.ts'
import type { OpenedModel, Session } from '../train/session.ts'
import type { StepSource } from '../train/step-source.ts'
import type { NewEvent } from './events.ts'
import { referenceScores } from './references.ts'
import type { RunData } from './run-data.ts'
import { selectData } from './select-data.ts'
import { startAdapter } from './start-adapters.ts'
import { runSteps } from './unlearn-steps.ts'

/** The steps of a run, with all that the starting model has to say first. */
export interface PreparedSteps {
  readonly source: StepSource
  readonly totalSteps: number
  /** arrays to be stored with each state, so that a resumed run has the same */
  readonly stored: ReadonlyMap<string, Float32Array>
  dispose(): void
}

/**
 * Asks the starting model for scores and for what takes part, begins the adapter, and lays out the steps; from a stored
 * state where there is one.
 *
 * @param openAssistant opens another model, where a selector compares with one
 * @throws UserError as `selectData`
 */
export async function prepareSteps(options: {
  readonly recipe: Recipe
  readonly method: ResolvedMethod
  readonly session: Session
  readonly data: RunData
  readonly emit: (event: NewEvent) => void
  readonly openAssistant: (path: string) => Promise<OpenedModel>
  readonly registry: Registry
  readonly stored?: ReadonlyMap<string, { data: Float32Array }> | undefined
}): Promise<PreparedSteps> {
  const { recipe, method, session, data, emit, openAssistant, registry, stored } = options
  const references = await referenceScores(method, session, data, stored)
  const chosen = await selectData(recipe, session, data, emit, openAssistant, registry, stored)
  const adapter = await startAdapter(session, data, recipe.train.seed, stored)
  const steps = runSteps(recipe, method, data, session, references.scores, chosen.selection)
  return {
    ...steps,
    stored: new Map([...references.stored, ...chosen.stored, ...adapter]),
    dispose: () => references.dispose(),
  }
}
