import type { StateTensor, TrainingState } from '../checkpoint/state.ts'
import { UserError } from '../error.ts'
import { learningRateAt, type Schedule } from '../parts/optim/schedule.ts'
import { type Learner, positionsOf, type StepData, type StepResult } from './step.ts'
import type { StepSource } from './step-source.ts'
import {
  checkRetainLosses,
  checkStep,
  checkUtility,
  type RetainLosses,
  type StopConditions,
  type Trip,
  type UtilityCheck,
  withRetainLoss,
} from './stop-conditions.ts'

/** The progress of a run; with the arrays of `stateOf` it is everything resume needs. */
export interface Progress {
  /** Optimiser steps done. */
  step: number
  tokens: number
  retainLosses: RetainLosses
  /** What the collapse guard compares with; stored, because a resumed model is no longer what it was. */
  before: UtilityCheck
  /** Steps done when the model was last looked at and found good; 0 before it was. */
  goodAt: number
}

/** Progress of a run that has made no step, given an evaluation of its model. */
export function startingProgress({ retainProbability, repetition }: UtilityCheck): Progress {
  // A model that is broken from the start gives nothing to compare with; a state cannot hold not-a-number.
  const measured = Number.isFinite(retainProbability) ? retainProbability : null
  return {
    step: 0,
    tokens: 0,
    retainLosses: { first: null, recent: [] },
    before: { retainProbability: measured, repetition },
    goodAt: 0,
  }
}

/** The report of a step, with what is known of the rest of the run. */
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
  readonly stopConditions: StopConditions
  /** Steps between saved states; auto: as often as it is worth the time; null: only when stopping. */
  readonly saveEvery: number | 'auto' | null
  /** Steps between evaluations of the model, which is evaluated after the last step too; null: never. */
  readonly evaluateEvery: number | null
  /** Milliseconds from any start. */
  readonly clock: () => number
  readonly save: (progress: Progress) => Promise<void>
  readonly onStep: (report: StepReport, data: StepData) => Promise<void>
  /** Evaluates the model in the middle of a run, for samples and for the collapse guard. */
  readonly evaluate: (step: number) => Promise<UtilityCheck>
  /** Asked before each step. */
  readonly stopRequested: () => boolean
}

export type TrainingOutcome =
  | { readonly kind: 'finished' }
  | { readonly kind: 'interrupted' }
  | {
      readonly kind: 'guard'
      readonly trip: Trip
      /** States of fewer steps are good: nothing bad was seen at them or before a look that found none. */
      readonly badSince: number
    }

/** Milliseconds of work that may be lost to a kill, where states are saved as often as it is worth the time. */
const leastBetweenSaves = 60_000

/** Between two saves at least so many times what one takes. */
const worthOfSaves = 20

/** How many of the latest steps the remaining time is guessed from. */
const recentSteps = 50

/**
 * Runs steps until the end, a guard or an interrupt, from wherever `progress` is.
 *
 * The model is looked at before a state is saved, so that one that has collapsed is not kept as good. With the
 * non-finite guard off, a step whose losses or gradients are not finite is left out.
 */
export async function train(options: TrainerOptions, progress: Progress): Promise<TrainingOutcome> {
  const { learner, source, totalSteps, clock, stopConditions } = options
  const durations: number[] = []
  let savedAt = clock()
  let saving = 0
  const save = async () => {
    const began = clock()
    await options.save(progress)
    savedAt = clock()
    saving = savedAt - began
  }
  const isWorthSaving = () =>
    clock() - savedAt >= Math.max(leastBetweenSaves, worthOfSaves * saving)
  const saveIsDue = (step: number) =>
    options.saveEvery === 'auto' ? isWorthSaving() : due(options.saveEvery, step)
  while (progress.step < totalSteps) {
    if (options.stopRequested()) {
      await save()
      return { kind: 'interrupted' }
    }
    const started = clock()
    const done = progress.step
    const epoch = Math.floor(done / source.stepsPerEpoch)
    const data = await source.at(epoch, done % source.stepsPerEpoch)
    const scheduled = learningRateAt(options.schedule, done, totalSteps)
    const learningRate = scheduled * learner.rateFactor
    const result = await learner.step(data, scheduled, done + 1)
    const broken = checkStep(stopConditions, result, done)
    const retainLosses = withRetainLoss(progress.retainLosses, result.losses.retain)
    const diverged = checkRetainLosses(stopConditions, retainLosses)
    const trip = broken ?? diverged?.trip
    const stays = !result.finite && stopConditions.nonFinite
    if (!stays) {
      // A step that stays is done again when the run goes on.
      progress.retainLosses = retainLosses
      progress.step++
      progress.tokens += positionsOf(data)
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
        tokens: positionsOf(data),
        stepMilliseconds: milliseconds,
        etaSeconds: (usual * (totalSteps - progress.step)) / 1000,
      },
      data,
    )
    if (trip) {
      // Losses are those of the weights before the step. Where they are finite and the gradient is not, the weights
      // are as good as they were, and still there.
      const good = stays && lossesAreFinite(result)
      if (good) await save()
      const ago = broken ? 0 : (diverged?.stepsAgo ?? 0)
      return { kind: 'guard', trip, badSince: good ? done + 1 : done - ago }
    }
    const last = progress.step === totalSteps
    if (due(options.evaluateEvery, progress.step, last)) {
      const now = await options.evaluate(progress.step)
      const collapsed = checkUtility(stopConditions, progress.before, now)
      if (collapsed) return { kind: 'guard', trip: collapsed, badSince: progress.goodAt + 1 }
      progress.goodAt = progress.step
    }
    if (last || saveIsDue(progress.step)) await save()
  }
  return { kind: 'finished' }
}

function lossesAreFinite({ losses }: StepResult): boolean {
  return [losses.forget, losses.retain].every((loss) => loss === null || Number.isFinite(loss))
}

function due(every: number | null, step: number, last = false): boolean {
  return every !== null && (last || step % every === 0)
}

/** Reads everything a step changes, as stored, back from where the engine keeps it. */
export async function stateOf(
  learner: Learner,
  progress: Progress,
  extra: ReadonlyMap<string, Float32Array>,
): Promise<TrainingState> {
  const { memory, trained } = learner.store
  const tensors = new Map<string, StateTensor>()
  const put = (name: string, data: Float32Array) =>
    tensors.set(name, { shape: [data.length], data })
  put('weights', await memory.read(trained.data))
  for (const [slot, buffer] of learner.slots) put(`slot ${slot}`, await memory.read(buffer))
  for (const [name, data] of extra) put(name, data)
  return {
    step: progress.step,
    data: {
      progress: { ...progress },
      combiner: { ...learner.combinerState },
      rateFactor: learner.rateFactor,
      ...(learner.groupRates && {
        groupFactors: [...learner.groupRates.factors],
        groupInfluence: [...learner.groupRates.influence],
      }),
      selectors: { ...learner.selectorStates },
    },
    tensors,
  }
}

/**
 * An array of a stored state.
 *
 * @throws UserError where it has another length, as one of other settings has
 */
function storedValues({ step, tensors }: TrainingState, name: string, length: number) {
  const found = tensors.get(name)?.data
  if (found?.length === length) return found
  throw new UserError({
    code: 'other-state',
    path: `state of step ${step}`,
    expected: `${length} numbers of ${name}, as the recipe asks for`,
    got: `${found?.length ?? 'none'}`,
    hint: 'What is trained, and by which optimiser, must stay as it was',
  })
}

/**
 * Puts the trained weights of a stored state back.
 *
 * @throws UserError for a state of other settings
 */
export async function restoreWeights(
  { memory, trained }: Learner['store'],
  state: TrainingState,
): Promise<void> {
  await memory.write(trained.data, storedValues(state, 'weights', trained.data.length))
}

/**
 * Puts a stored state back.
 *
 * @throws UserError where the learner is of other settings
 */
export async function restoreState(learner: Learner, state: TrainingState): Promise<Progress> {
  const { memory } = learner.store
  await restoreWeights(learner.store, state)
  for (const [slot, buffer] of learner.slots)
    await memory.write(buffer, storedValues(state, `slot ${slot}`, buffer.length))
  learner.combinerState = state.data.combiner as Record<string, number>
  learner.rateFactor = Number(state.data.rateFactor ?? 1)
  if (learner.groupRates)
    learner.groupRates = {
      factors: state.data.groupFactors as number[],
      influence: state.data.groupInfluence as number[],
    }
  if (state.data.selectors)
    learner.selectorStates = state.data.selectors as Learner['selectorStates']
  // States of before it was stored do not say whether anybody looked.
  return { goodAt: 0, ...(state.data.progress as Omit<Progress, 'goodAt'>) }
}
