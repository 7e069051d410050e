import { resolve } from 'node:path'
import { loadLatestState } from '../checkpoint/state.ts'
import { totalSize } from '../graph/shape.ts'
import { chooseGroups } from '../parts/select/group-influence.ts'
import type { Recipe } from '../recipe/recipe-schema.ts'
import { openModel } from '../train/session.ts'
import type { Learner } from '../train/step.ts'
import { isWarning } from '../train/stop-conditions.ts'
import { type Progress, restoreState, startingProgress } from '../train/trainer.ts'
import { groupSize, weightGroups } from '../train/weight-groups.ts'
import type { EventLog } from './event-log.ts'
import type { NewEvent } from './events.ts'
import { finish } from './finish.ts'
import { reachGoal } from './goal/reach-goal.ts'
import { dropAfter, measure } from './measure.ts'
import { openUnlearning } from './open-unlearning.ts'
import { createPeriodicEvaluation } from './periodic-evaluation.ts'
import type { RunOptions } from './run-options.ts'
import { logFinished, logPaused, logResumed, type RunOutcome, runTraining } from './run-training.ts'
import { prepareSteps } from './unlearn-start.ts'
import { stopConditionsOf } from './unlearn-steps.ts'

/**
 * Runs an unlearning recipe, or goes on with it: measure, train, export, measure what was exported.
 *
 * Everything that happens goes through the event log; everything that stays is in the run folder.
 */
export async function unlearn(recipe: Recipe, options: RunOptions): Promise<RunOutcome> {
  if (recipe.goal) return reachGoal(recipe, recipe.goal, options)
  const { folder, log, stopRequested } = options
  const emit = (event: NewEvent) => void log.append(event)
  const started = options.clock()
  const latest = await loadLatestState(folder.state)
  const state = latest?.state ?? null
  const run = await openUnlearning(recipe, options, emit, async (_, training) => ({ training }))
  if (!run) return logPaused(options, state?.step ?? 0)
  const { registry, method, session, measurer, learner, startedEvent } = run
  const data = run.data.training
  if (latest) logResumed(log, latest)
  else await run.announce()

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
  measurer.dispose()
  const outcome = await runTraining(
    {
      ...options,
      learner,
      source: steps.source,
      totalSteps: steps.totalSteps,
      settings: recipe.train,
      stopConditions: stopConditionsOf(recipe, method),
      evaluateEvery: recipe.evaluate.every,
      async evaluate(step) {
        const check = await periodic.evaluate(step)
        measurer.dispose()
        return check
      },
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
  if (guards === 'stopped') return 'guard'
  if (!guards) return logPaused(options, progress.step)
  logFinished(log, progress, (options.clock() - started) / 1000)
  return guards.every(isWarning) ? 'finished' : 'guard'
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
