import type { Example } from '../data/example.ts'
import { loadItems } from '../data/load-examples.ts'
import { cachedPositions, createMeasurer, type Measurer } from '../measure/score/measurer.ts'
import { type ResolvedMethod, resolveMethod } from '../method/resolve.ts'
import { registryOf } from '../recipe/plugins.ts'
import type { Recipe } from '../recipe/recipe-schema.ts'
import type { Registry } from '../recipe/registry.ts'
import { type OpenedModel, openModel, openSession, type Session } from '../train/session.ts'
import type { Learner } from '../train/step.ts'
import { addsGeneral, isAutomatic, retainFile, writeAutomaticRetain } from './automatic-retain.ts'
import { beyondPositions } from './beyond-positions.ts'
import { describeRun, previewEvent } from './describe-run.ts'
import type { NewEvent } from './events.ts'
import { estimateRun } from './plan/estimate-run.ts'
import { plannedData } from './plan/planned-data.ts'
import { freeMemoryBytes, requireRoom } from './plan/run-plan.ts'
import { generalExamples, loadData, type RunData } from './run-data.ts'
import type { RunOptions } from './run-options.ts'
import { createUnlearner } from './unlearn-learner.ts'

/** An unlearning run with its model in memory, before its first step. */
export interface OpenedUnlearning {
  readonly registry: Registry
  readonly method: ResolvedMethod
  readonly session: Session
  readonly measurer: Measurer
  readonly learner: Learner
  readonly startedEvent: ReturnType<typeof describeRun>
  /** Tells the log that the run begins: what it is, what it will need, its first batch. */
  announce(): Promise<void>
}

/**
 * Opens the model of a run and all that is needed to train and to measure it.
 *
 * @param dataOf what trains, of what the recipe names and what the starting model says to general prompts
 * @returns null where it was asked to stop before the weights were read
 * @throws UserError for bad files, and where it cannot fit
 */
export async function openUnlearning<Data extends { readonly training: RunData }>(
  recipe: Recipe,
  options: RunOptions,
  emit: (event: NewEvent) => void,
  dataOf: (opened: OpenedModel, named: RunData, general: readonly Example[]) => Promise<Data>,
): Promise<(OpenedUnlearning & { readonly data: Data }) | null> {
  const { engine, stopRequested } = options
  const registry = await registryOf(recipe, options.registry)
  const method = resolveMethod(recipe.method, registry)
  const opened = await openModel(recipe.model, options.startedAt)
  const notes = [...opened.notes, ...beyondPositions(recipe, opened.model)]
  for (const { code, path, expected, got, hint } of notes) {
    const message = `${path}: expected ${expected}, got ${got}`
    emit({ type: 'warning', step: 0, code, message, hint: hint ?? null })
  }
  const asksModel = isAutomatic(recipe) || addsGeneral(recipe)
  if (asksModel && !(await answeredRetain(recipe, opened, options, registry))) return null
  const retain = retainFile(options.folder)
  const named = await loadData(recipe, opened, emit, registry, retain)
  const hasGeneral = addsGeneral(recipe) && retain !== null
  const said = hasGeneral ? (await loadItems(retain)).items : []
  const data = await dataOf(opened, named, generalExamples(recipe, opened, said))
  const { training } = data
  const estimate = await estimateRun(recipe, opened, training, registry)
  await requireRoom(recipe, estimate, { freeBytes: freeMemoryBytes() })
  if (stopRequested()) return null
  const session = await openSession(engine, opened, recipe.train.parameters, recipe.train.seed)
  const measurer = await createMeasurer(session, { cachePositions: cachedPositions })
  const learner = await createUnlearner(recipe, session, registry)
  const startedEvent = describeRun(recipe, session, training, method.method)
  return {
    registry,
    method,
    session,
    measurer,
    learner,
    startedEvent,
    data,
    async announce() {
      emit({ type: 'run.started', step: 0, ...startedEvent })
      const { totalSteps, tokens, peakBytes, memoryBytes, diskBytes, seconds } = estimate
      const { withinSeconds } = estimate
      const plan = { totalSteps, tokens, peakBytes, memoryBytes, diskBytes, seconds }
      emit({ type: 'plan', step: 0, ...plan, ...(withinSeconds !== null && { withinSeconds }) })
      emit(await previewEvent(recipe, method, training, session))
    },
  }
}

/** Writes what is kept where it is not there yet, if the whole run will fit. Returns whether it is there. */
async function answeredRetain(
  recipe: Recipe,
  opened: OpenedModel,
  options: RunOptions,
  registry: Registry,
): Promise<boolean> {
  if (retainFile(options.folder) !== null) return true
  const planned = await plannedData(recipe, opened, registry)
  const estimate = await estimateRun(recipe, opened, planned, registry)
  await requireRoom(recipe, estimate, { freeBytes: freeMemoryBytes() })
  return writeAutomaticRetain(recipe, opened, options)
}
