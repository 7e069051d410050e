import { type LatestState, latestState, retainStates, saveState } from '../checkpoint/state.ts'
import type { Schedule } from '../parts/optim/schedule.ts'
import type { Learner } from '../train/step.ts'
import type { StepSource } from '../train/step-source.ts'
import {
  type StopConditions,
  type UtilityCheck,
  unsuspectedSteps,
} from '../train/stop-conditions.ts'
import { type Progress, stateOf, train } from '../train/trainer.ts'
import type { EventLog } from './event-log.ts'
import type { RunFolder } from './run-folder.ts'

/** The outcome of a run; a tripped guard leaves its last good state, a goal that was missed the best one. */
export type RunOutcome = 'finished' | 'interrupted' | 'guard' | 'missed'

type Interval = number | 'epoch' | null

export interface TrainingOptions {
  readonly folder: RunFolder
  readonly log: EventLog
  readonly learner: Learner
  readonly source: StepSource
  readonly totalSteps: number
  /** The `train` section of a recipe. */
  readonly settings: {
    readonly schedule: Schedule['kind']
    readonly learningRate: number
    readonly warmupSteps: number
    readonly saveEvery: Interval | 'auto'
    readonly keepStates: number
  }
  readonly stopConditions: StopConditions
  readonly evaluateEvery: Interval
  readonly evaluate: (step: number) => Promise<UtilityCheck>
  /** Arrays to be stored with each state besides the learner's. */
  readonly stored: ReadonlyMap<string, Float32Array>
  /** What there is to go back to before any state was saved. */
  readonly start: string | null
  readonly clock: () => number
  readonly stopRequested: () => boolean
}

/** Trains in a run folder: steps, saved states and how it ended go into the log. */
export async function runTraining(
  options: TrainingOptions,
  progress: Progress,
): Promise<RunOutcome> {
  const { folder, log, learner, source, settings } = options
  const steps = <Every extends Interval | 'auto'>(every: Every) =>
    every === 'epoch' ? source.stepsPerEpoch : (every as Exclude<Every, 'epoch'>)
  const outcome = await train(
    {
      learner,
      source,
      totalSteps: options.totalSteps,
      schedule: {
        kind: settings.schedule,
        learningRate: settings.learningRate,
        warmupSteps: settings.warmupSteps,
      },
      stopConditions: options.stopConditions,
      saveEvery: steps(settings.saveEvery),
      evaluateEvery: steps(options.evaluateEvery),
      evaluate: options.evaluate,
      clock: options.clock,
      stopRequested: options.stopRequested,
      async save(at) {
        const state = await stateOf(learner, at, options.stored)
        const path = await saveState(folder.state, state)
        const looked = at.goodAt > 0 ? at.goodAt : at.step
        const unsuspected = unsuspectedSteps(options.stopConditions, at.retainLosses, at.step)
        await retainStates(folder.state, settings.keepStates, Math.min(looked, unsuspected))
        const stored = [learner.store.trained.data, ...learner.slots.values()]
        const bytes = stored.reduce(
          (total, { length }) => total + Float32Array.BYTES_PER_ELEMENT * length,
          0,
        )
        const { step } = at
        log.append({ type: 'checkpoint.saved', step, kind: 'state', path, bytes, check: null })
      },
      onStep: async ({ finite: _, ...report }) => void log.append({ type: 'step', ...report }),
    },
    progress,
  )
  const { step } = progress
  if (outcome.kind === 'interrupted') await logPaused(options, step)
  if (outcome.kind === 'guard')
    log.append({
      type: 'guard.tripped',
      step,
      ...outcome.trip,
      causes: [...outcome.trip.causes],
      action: 'stopped',
      lastGoodState: (await latestState(folder.state, outcome.badSince)) ?? options.start,
    })
  return outcome.kind
}

/** The first events of a run that goes on: from where, and which newer states could not be read. */
export function logResumed(log: EventLog, { path, state, passedOver }: LatestState): void {
  const { step } = state
  log.append({ type: 'run.resumed', step, statePath: path })
  for (const { path: damaged, got } of passedOver)
    log.append({
      type: 'warning',
      step,
      code: 'damaged-state',
      message: `passed over ${damaged}: ${got}`,
      hint: `The run goes on from step ${step}, and makes the steps after it again.`,
    })
}

/** The last event of a run that was asked to stop; `goesOnFrom`: what it goes on from, if that is not its latest state. */
export async function logPaused(
  { folder, log }: Pick<TrainingOptions, 'folder' | 'log'>,
  step: number,
  goesOnFrom: string | null = null,
): Promise<'interrupted'> {
  const statePath = goesOnFrom ?? (await latestState(folder.state))
  log.append({ type: 'run.paused', step, reason: 'interrupt', statePath })
  return 'interrupted'
}

/** The last event of a run that went to its end. */
export function logFinished(log: EventLog, { step, tokens }: Progress, seconds: number): void {
  const peakBytes = process.resourceUsage().maxRSS * 1024
  log.append({ type: 'run.finished', step, seconds, tokens, peakBytes })
}
