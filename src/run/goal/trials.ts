import { join } from 'node:path'
import { latestState, loadLatestState, retainStates, saveState } from '../../checkpoint/state.ts'
import type { ActiveSource, RoundPart } from '../../goal/active-source.ts'
import type { Look } from '../../goal/standing.ts'
import type { Course } from '../../goal/steer.ts'
import { meanOf } from '../../math/mean.ts'
import type { Learner } from '../../train/step.ts'
import type { StopConditions } from '../../train/stop-conditions.ts'
import {
  type Progress,
  restoreState,
  startingProgress,
  stateOf,
  type TrainerOptions,
  train,
} from '../../train/trainer.ts'
import type { Trial } from './search-file.ts'

export interface TrialOptions {
  readonly learner: Learner
  readonly source: ActiveSource
  /** folder of the trials' states, one in it for each */
  readonly folder: string
  readonly warmupSteps: number
  /** whether the combiner's state holds the share that a look steers */
  readonly isSteered: boolean
  readonly stopConditions: StopConditions
  /** arrays to be stored with each state besides the learner's */
  readonly stored: ReadonlyMap<string, Float32Array>
  /** the start, by which a collapse is told */
  readonly start: Look
  readonly clock: () => number
  readonly stopRequested: () => boolean
  readonly onStep: TrainerOptions['onStep']
  /**
   * Looks at the model, and says which examples take part from now on.
   *
   * @returns null where it was asked to stop before it knew
   */
  readonly look: (
    trial: Trial,
    step: number,
    keep: () => Promise<void>,
  ) => Promise<{
    readonly look: Look
    readonly part: RoundPart
    readonly course: Course
  } | null>
  /** folder of the best state of all trials */
  readonly best: string
}

/**
 * Goes on with a trial up to a step, with its look there, or until it is asked to stop.
 *
 * @returns why it can go no further; null where it can
 */
export type Advance = (trial: Trial, toStep: number) => Promise<string | null>

/** Opens paths from one start at several learning rates; the start is the learner as it is, kept as a state of no steps. */
export async function openTrials(options: TrialOptions): Promise<Advance> {
  const { learner, source, folder, stored, start } = options
  const extra = () =>
    new Map([...stored, ['active', source.part.active], ['depth', source.part.depth]])
  const began = startingProgress({
    retainProbability: meanOf(start.retain ?? []),
    repetition: null,
  })
  const startFolder = join(folder, 'start')
  if ((await latestState(startFolder)) === null)
    await saveState(startFolder, await stateOf(learner, began, extra()))
  /** where the learner is, if it is where a trial was left */
  let left: { readonly dir: string; readonly progress: Progress } | null = null
  const restored = async (dir: string) => {
    if (left?.dir === dir) return left.progress
    const latest = (await loadLatestState(dir)) ?? (await loadLatestState(startFolder))
    if (!latest) throw new Error('internal: no state of the start')
    const { tensors } = latest.state
    const partOf = (name: keyof RoundPart) =>
      Float32Array.from(tensors.get(name)?.data ?? source.part[name].map(() => 0))
    source.part = { active: partOf('active'), depth: partOf('depth') }
    return restoreState(learner, latest.state)
  }
  return async (trial, toStep) => {
    const dir = join(folder, `rate-${trial.rate}`)
    const progress = await restored(dir)
    left = null
    // What was seen after the state is seen again.
    trial.looks.splice(trial.looks.filter(({ step }) => step <= progress.step).length)
    let missed = false
    const save = async (at: Progress) => {
      await saveState(dir, await stateOf(learner, at, extra()))
      await retainStates(dir, 1)
    }
    const evaluate = async (step: number) => {
      const found = await options.look(trial, step, () => keepBest(options, progress))
      missed = !found
      if (found) {
        source.part = found.part
        learner.rateFactor = found.course.rateFactor
        const { combinerState } = learner
        if (options.isSteered)
          learner.combinerState = { ...combinerState, share: found.course.share }
      }
      return { retainProbability: meanOf(found?.look.retain ?? []), repetition: null }
    }
    const isDue = progress.step > 0 && progress.step % source.stepsPerEpoch === 0
    if (isDue && trial.looks.at(-1)?.step !== progress.step) {
      await evaluate(progress.step)
      // The state was saved before its look, by which it is to go on.
      if (!missed) await save(progress)
    }
    const outcome = await train(
      {
        learner,
        source,
        totalSteps: toStep,
        schedule: {
          kind: 'constant',
          learningRate: trial.rate,
          warmupSteps: options.warmupSteps,
        },
        stopConditions: options.stopConditions,
        saveEvery: null,
        evaluateEvery: source.stepsPerEpoch,
        clock: options.clock,
        stopRequested: () => missed || options.stopRequested(),
        save,
        onStep: options.onStep,
        evaluate,
      },
      progress,
    )
    if (outcome.kind === 'guard') return outcome.trip.reason
    left = { dir, progress }
    return null
  }
}

/** Only the weights: nothing goes on from there. */
async function keepBest({ learner, best }: TrialOptions, { step }: Progress): Promise<void> {
  const { memory, trained } = learner.store
  const data = await memory.read(trained.data)
  await saveState(best, {
    step,
    data: {},
    tensors: new Map([['weights', { shape: [data.length], data }]]),
  })
  await retainStates(best, 1)
}
