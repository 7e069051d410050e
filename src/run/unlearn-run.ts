import { resolve } from 'node:path'
import { loadLatestState } from '../checkpoint/state.ts'
import { totalSize } from '../graph/shape.ts'
import { cachedPositions, createMeasurer } from '../measure/score/measurer.ts'
import { resolveMethod } from '../method/resolve.ts'
import { chooseGroups } from '../parts/select/group-influence.ts'
import { registryOf } from '../recipe/plugins.ts'
import type { Recipe } from '../recipe/recipe-schema.ts'
import type { Registry } from '../recipe/registry.ts'
import { type OpenedModel, openModel, openSession } from '../train/session.ts'
import type { Learner } from '../train/step.ts'
import { type Progress, restoreState, startingProgress } from '../train/trainer.ts'
import { groupSize, weightGroups } from '../train/weight-groups.ts'
import { isAutomatic, retainFile, writeAutomaticRetain } from './automatic-retain.ts'
import { describeRun, previewEvent } from './describe-run.ts'
import type { EventLog } from './event-log.ts'
import type { NewEvent } from './events.ts'
import { finish } from './finish.ts'
import { dropAfter, measure } from './measure.ts'
import { createPeriodicEvaluation } from './periodic-evaluation.ts'
import { estimateRun } from './plan/estimate-run.ts'
import { freeMemoryBytes, requireRoom } from './plan/run-plan.ts'
import { loadData } from './run-data.ts'
import type { RunOptions } from './run-options.ts'
import { logFinished, logPaused, logResumed, type RunOutcome, runTraining } from './run-training.ts'
import { createUnlearner } from './unlearn-learner.ts'
import { prepareSteps } from './unlearn-start.ts'
import { stopConditionsOf } from './unlearn-steps.ts'

/**
 * Runs an unlearning recipe, or goes on with it: measure, train, export, measure what was exported.
 *
 * Everything that happens goes through the event log; everything that stays is in the run folder.
 */
export async function unlearn(recipe: Recipe, options: RunOptions): Promise<RunOutcome> {
  const { folder, log, engine, stopRequested } = options
  const emit = (event: NewEvent) => void log.append(event)
  const started = options.clock()
  const latest = await loadLatestState(folder.state)
  const state = latest?.state ?? null
  const registry = await registryOf(recipe, options.registry)
  const method = resolveMethod(recipe.method, registry)
  const opened = await openModel(recipe.model, options.startedAt)
  for (const { code, path, expected, got, hint } of opened.notes) {
    const message = `${path}: expected ${expected}, got ${got}`
    emit({ type: 'warning', step: 0, code, message, hint: hint ?? null })
  }
  if (isAutomatic(recipe) && !(await answeredRetain(recipe, opened, options, registry)))
    return logPaused(options, 0)
  const data = await loadData(recipe, opened, emit, registry, retainFile(folder))
  const estimate = await estimateRun(recipe, opened, data, registry)
  await requireRoom(recipe, estimate, { freeBytes: freeMemoryBytes() })
  if (stopRequested()) return logPaused(options, state?.step ?? 0)
  const session = await openSession(engine, opened, recipe.train.parameters, recipe.train.seed)
  const measurer = await createMeasurer(session, { cachePositions: cachedPositions })
  const learner = await createUnlearner(recipe, session, registry)
  const startedEvent = describeRun(recipe, session, data, method.method)
  if (latest) logResumed(log, latest)
  else {
    emit({ type: 'run.started', step: 0, ...startedEvent })
    const { totalSteps, tokens, peakBytes, memoryBytes, diskBytes, seconds } = estimate
    const plan = { totalSteps, tokens, peakBytes, memoryBytes, diskBytes, seconds }
    emit({ type: 'plan', step: 0, ...plan })
    emit(await previewEvent(recipe, method, data, session))
  }

  const measured = { folder, data, measurer, recipe, clock: options.clock, stopRequested, emit }
  const before = await measure('before', 0, measured)
  if (!before) return logPaused(options, state?.step ?? 0)
  emit({ type: 'phase', step: state?.step ?? 0, what: 'preparing' })
  const steps = await prepareSteps({
    recipe,
    method,
    session,
    data,
    emit,
    openAssistant: openModel,
    registry,
    stored: state?.tensors,
  })
  const periodic = createPeriodicEvaluation({
    measurer,
    data,
    probes: recipe.evaluate.probes,
    maxNewTokens: recipe.evaluate.maxNewTokens,
    emit,
  })
  const progress: Progress = state
    ? await restoreState(learner, state)
    : startingProgress(await periodic.first(before))
  if (progress.step < steps.totalSteps) await dropAfter(folder.samples)
  const outcome = await runTraining(
    {
      ...options,
      learner,
      source: steps.source,
      totalSteps: steps.totalSteps,
      settings: recipe.train,
      stopConditions: stopConditionsOf(recipe, method),
      evaluateEvery: recipe.evaluate.every,
      evaluate: (step) => periodic.evaluate(step),
      stored: steps.stored,
      start: resolve(recipe.model),
    },
    progress,
  )
  learner.dispose()
  steps.dispose()
  if (outcome !== 'finished') return outcome
  logGroups(log, recipe, learner, session.model.layers, progress.step)
  const guards = await finish(recipe, options, {
    session,
    data,
    measured,
    before,
    startedEvent,
    progress,
  })
  if (!guards) return logPaused(options, progress.step)
  logFinished(log, progress, (options.clock() - started) / 1000)
  return guards.length > 0 ? 'guard' : 'finished'
}

/** Writes what is kept where it is not there yet, if the whole run will fit. Returns whether it is there. */
async function answeredRetain(
  recipe: Recipe,
  opened: OpenedModel,
  options: RunOptions,
  registry: Registry,
): Promise<boolean> {
  if (retainFile(options.folder) !== null) return true
  const planned = await loadData(recipe, opened, () => {}, registry, null)
  const estimate = await estimateRun(recipe, opened, planned, registry)
  await requireRoom(recipe, estimate, { freeBytes: freeMemoryBytes() })
  return writeAutomaticRetain(recipe, opened, options)
}

/** What the groups of weights turned out to be worth. */
function logGroups(
  log: EventLog,
  { train }: Recipe,
  learner: Learner,
  layers: number,
  step: number,
): void {
  const { groupRates, store } = learner
  if (!groupRates || !train.groupRates) return
  const { budget } = train.groupRates
  const groups = weightGroups(train.groupRates.groups, store.trainable, layers).map((group, k) => ({
    name: group.name,
    parameters: groupSize(group),
    factor: groupRates.factors[k],
    influence: groupRates.influence[k],
  }))
  const chosen = chooseGroups(groups, budget * totalSize(store.trainable.shapes.values()))
  log.append({ type: 'groups', step, groups, chosen: chosen.map((k) => groups[k].name), budget })
}
