import { latestState, loadState, retainStates, saveState } from '../checkpoint/index.ts'
import type { Engine } from '../engine/engine.ts'
import { resolveMethod } from '../method/index.ts'
import type { Recipe } from '../recipe/schema.ts'
import { type Progress, restoreState, startingProgress, stateOf, train } from '../train/trainer.ts'
import { describeRun, previewEvent } from './describe-run.ts'
import { createEvaluator } from './evaluator.ts'
import type { EventLog } from './event-log.ts'
import type { NewEvent } from './events.ts'
import { finish } from './finish.ts'
import { createLooker } from './look.ts'
import { measureBefore } from './measure.ts'
import { estimateRun, freeMemoryBytes, requireRoom } from './plan.ts'
import { referenceScores } from './references.ts'
import { loadData } from './run-data.ts'
import type { RunFolder } from './run-folder.ts'
import { runSteps } from './run-steps.ts'
import { openModel, openSession } from './session.ts'
import { createUnlearner } from './unlearner.ts'

export interface UnlearnOptions {
  readonly recipe: Recipe
  /** The resolved recipe as text, for the model card. */
  readonly recipeText: string
  readonly folder: RunFolder
  readonly log: EventLog
  readonly engine: Engine
  /** When the run began, also after a resume: chat templates may write the date. */
  readonly startedAt: Date
  /** Go on from the latest saved state. */
  readonly resume: boolean
  readonly stopRequested: () => boolean
  /** Milliseconds from any start. */
  readonly clock: () => number
}

/** How a run ended; a tripped guard leaves its last good state. */
export type RunOutcome = 'finished' | 'interrupted' | 'guard'

/**
 * Runs an unlearning recipe: measure, train, export, measure what was exported.
 *
 * Everything that happens goes through the event log; everything that stays is in the run folder.
 */
export async function unlearn(options: UnlearnOptions): Promise<RunOutcome> {
  const { recipe, folder, log, engine } = options
  const emit = (event: NewEvent) => void log.append(event)
  const started = options.clock()
  const statePath = options.resume ? await latestState(folder.state) : null
  const state = statePath ? await loadState(statePath) : null
  const method = resolveMethod(recipe.method)
  const opened = await openModel(recipe.model, options.startedAt)
  const data = await loadData(recipe, opened, emit)
  const estimate = await estimateRun(recipe, opened, data)
  await requireRoom(recipe, estimate, { freeBytes: freeMemoryBytes() })
  const session = await openSession(engine, opened, recipe.train.parameters, recipe.train.seed)
  const evaluator = await createEvaluator(session, recipe.evaluate.maxNewTokens)
  const learner = await createUnlearner(recipe, session)
  const startedEvent = describeRun(recipe, session, data, method.method)
  if (statePath) emit({ type: 'run.resumed', step: state?.step ?? 0, statePath })
  else emit({ type: 'run.started', step: 0, ...startedEvent })
  if (!statePath) {
    const { totalSteps, tokens, peakBytes, memoryBytes, diskBytes, seconds } = estimate
    const plan = { totalSteps, tokens, peakBytes, memoryBytes, diskBytes, seconds }
    emit({ type: 'plan', step: 0, ...plan })
    emit(await previewEvent(recipe, method, data, session))
  }

  const before = await measureBefore(folder, data, evaluator, recipe, emit)
  const references = await referenceScores(method, session, data, state?.tensors)

  const { source, totalSteps } = runSteps(
    recipe,
    method,
    data,
    session.tokenizer.padToken,
    references.scores,
  )
  const interval = (every: number | 'epoch' | null) =>
    every === 'epoch' ? source.stepsPerEpoch : every
  const looker = createLooker({
    evaluator,
    forget: data.forget,
    retain: data.retain ?? [],
    probes: recipe.evaluate.probes,
    emit,
  })
  const save = async (at: Progress): Promise<string> => {
    const path = await saveState(folder.state, stateOf(learner, at, references.stored))
    await retainStates(folder.state, recipe.train.keepStates)
    const bytes = 4 * session.store.trained.data.length * (1 + learner.slots.size)
    emit({ type: 'checkpoint.saved', step: at.step, kind: 'state', path, bytes, check: null })
    return path
  }
  const progress: Progress = state
    ? restoreState(learner, state)
    : startingProgress(await looker.look(0))
  const outcome = await train(
    {
      learner,
      source,
      totalSteps,
      schedule: {
        kind: recipe.train.schedule,
        learningRate: recipe.train.learningRate,
        warmupSteps: recipe.train.warmupSteps,
      },
      guards: recipe.train.guards,
      saveEvery: interval(recipe.train.saveEvery),
      lookEvery: interval(recipe.evaluate.every),
      clock: options.clock,
      stopRequested: options.stopRequested,
      save: async (at) => void (await save(at)),
      look: (step) => looker.look(step),
      onStep: async ({ finite: _, ...report }) => emit({ type: 'step', ...report }),
    },
    progress,
  )
  learner.dispose()
  references.dispose()

  if (outcome.kind === 'interrupted') {
    const path = (await latestState(folder.state)) as string
    emit({ type: 'run.paused', step: progress.step, reason: 'interrupt', statePath: path })
    return 'interrupted'
  }
  if (outcome.kind === 'guard') {
    const lastGoodState = await latestState(folder.state, outcome.badSince)
    emit({
      type: 'guard.tripped',
      step: progress.step,
      ...outcome.trip,
      causes: [...outcome.trip.causes],
      action: 'stopped',
      lastGoodState: lastGoodState ?? recipe.model,
    })
    return 'guard'
  }
  const guards = await finish(options, { session, data, evaluator, before, startedEvent, progress })
  emit({
    type: 'run.finished',
    step: progress.step,
    seconds: (options.clock() - started) / 1000,
    tokens: progress.tokens,
    peakBytes: process.resourceUsage().maxRSS * 1024,
  })
  return guards.length > 0 ? 'guard' : 'finished'
}
