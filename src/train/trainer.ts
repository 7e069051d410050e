import type { StateTensor, TrainingState } from '../checkpoint/state.ts'
import { learningRateAt, type Schedule } from '../optim/index.ts'
import {
  checkStep,
  checkUtility,
  type GuardSettings,
  type Trip,
  type UtilityCheck,
} from './guards.ts'
import type { Learner, StepData, StepResult } from './learner.ts'
import type { StepSource } from './steps.ts'

/** Where a run is; with the arrays of `stateOf` it is everything resume needs. */
export interface Progress {
  /** Optimiser steps done. */
  step: number
  tokens: number
  firstRetainLoss: number | null
}

/** What a step did, with what is known of the rest of the run. */
export interface StepReport extends StepResult {
  readonly step: number
  readonly epoch: number
  readonly totalSteps: number
  readonly learningRate: number
  readonly tokens: number
  readonly stepMilliseconds: number
  readonly etaSeconds: number
}

export interface TrainerOptions {
  readonly learner: Learner
  readonly source: StepSource
  readonly totalSteps: number
  readonly schedule: Schedule
  readonly guards: GuardSettings
  /** Steps between saved states; null: only when stopping. */
  readonly saveEvery: number | null
  /** Steps between looks at the model; null: never. */
  readonly lookEvery: number | null
  readonly before: UtilityCheck
  /** Milliseconds from any start. */
  readonly clock: () => number
  readonly save: (progress: Progress) => Promise<void>
  readonly onStep: (report: StepReport, data: StepData) => Promise<void>
  /** Looks at the model in the middle of a run, for samples and for the collapse guard. */
  readonly look: (step: number) => Promise<UtilityCheck>
  /** Asked before each step. */
  readonly stopRequested: () => boolean
}

export type TrainingOutcome =
  | { readonly kind: 'finished' }
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'guard'; readonly trip: Trip }

/** How many of the latest steps the remaining time is guessed from. */
const recentSteps = 50

/**
 * Runs steps until the end, a guard or an interrupt, from wherever `progress` is.
 *
 * A state is saved before a step can spoil it: the non-finite guard leaves the weights of the step before, and
 * the other guards leave the last saved state beside what they stopped at.
 */
export async function train(options: TrainerOptions, progress: Progress): Promise<TrainingOutcome> {
  const { learner, source, totalSteps, clock } = options
  const durations: number[] = []
  while (progress.step < totalSteps) {
    if (options.stopRequested()) {
      await options.save(progress)
      return { kind: 'interrupted' }
    }
    const started = clock()
    const epoch = Math.floor(progress.step / source.stepsPerEpoch)
    const data = await source.at(epoch, progress.step % source.stepsPerEpoch)
    const learningRate = learningRateAt(options.schedule, progress.step, totalSteps)
    const result = await learner.step(data, learningRate, progress.step + 1)
    if (progress.step === 0) progress.firstRetainLoss = result.losses.retain
    const trip = checkStep(options.guards, result, progress.firstRetainLoss)
    if (result.finite) {
      progress.step++
      progress.tokens += tokensOf(data)
    }
    const milliseconds = clock() - started
    durations.push(milliseconds)
    if (durations.length > recentSteps) durations.shift()
    const usual = durations.reduce((a, b) => a + b, 0) / durations.length
    await options.onStep(
      {
        ...result,
        step: progress.step,
        epoch,
        totalSteps,
        learningRate,
        tokens: tokensOf(data),
        stepMilliseconds: milliseconds,
        etaSeconds: (usual * (totalSteps - progress.step)) / 1000,
      },
      data,
    )
    if (trip) {
      // A direction that is not finite changed nothing, so what is there now is the last good state.
      if (trip.guard === 'non-finite') await options.save(progress)
      return { kind: 'guard', trip }
    }
    if (!result.finite) throw new Error('a loss or gradient is not finite and the guard is off')
    if (due(options.lookEvery, progress.step)) {
      const collapsed = checkUtility(
        options.guards,
        options.before,
        await options.look(progress.step),
      )
      if (collapsed) return { kind: 'guard', trip: collapsed }
    }
    if (due(options.saveEvery, progress.step) || progress.step === totalSteps)
      await options.save(progress)
  }
  return { kind: 'finished' }
}

function due(every: number | null, step: number): boolean {
  return every !== null && step % every === 0
}

function tokensOf({ forget, retain, together }: StepData): number {
  return [...forget, ...retain, ...together].reduce(
    (total, { batch }) => total + batch.batch * batch.seq,
    0,
  )
}

/** Everything a step changes, as stored. */
export function stateOf(
  learner: Learner,
  progress: Progress,
  extra: ReadonlyMap<string, Float32Array>,
): TrainingState {
  const tensors = new Map<string, StateTensor>()
  const put = (name: string, data: Float32Array) =>
    tensors.set(name, { shape: [data.length], data })
  put('weights', learner.store.trained.data)
  for (const [slot, data] of learner.slots) put(`slot ${slot}`, data)
  for (const [name, data] of extra) put(name, data)
  return {
    step: progress.step,
    data: { progress: { ...progress }, combiner: { ...learner.combinerState } },
    tensors,
  }
}

/** Puts a stored state back; the learner must have been made from the same recipe. */
export function restoreState(learner: Learner, state: TrainingState): Progress {
  const get = (name: string, length: number): Float32Array => {
    const tensor = state.tensors.get(name)
    if (tensor?.data.length !== length)
      throw new Error(
        `state: expected ${length} numbers of ${name}, got ${tensor?.data.length ?? 'none'}`,
      )
    return tensor.data
  }
  const { data } = learner.store.trained
  data.set(get('weights', data.length))
  for (const [slot, array] of learner.slots) array.set(get(`slot ${slot}`, array.length))
  learner.combinerState = state.data.combiner as Record<string, number>
  return { ...(state.data.progress as unknown as Progress) }
}
