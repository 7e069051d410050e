import type { GradientEstimator } from '../parts/estimate/estimator.ts'
import type { FlatTensors } from './flat.ts'
import { createGradientRunner, type RunnerOptions } from './gradient.ts'
import type { MicroBatch } from './micro-batch.ts'
import type { Group } from './objective.ts'
import { createZerothOrderRunner } from './zeroth-order.ts'

/** An estimator of gradients with its knobs, and the seed of what it draws. */
export interface ChosenEstimator {
  readonly estimator: GradientEstimator
  readonly knobs: Readonly<Record<string, unknown>>
  readonly seed: number
}

/** Finds the gradients of a step in whatever way its estimator says. */
export interface GradientFinder {
  /** As `GradientRunner.run`, for the optimiser's step, from 1. */
  run(
    microBatches: readonly MicroBatch[],
    scales: Readonly<Record<Group, number>>,
    target: FlatTensors,
    scratch: () => FlatTensors,
    step: number,
  ): Promise<Record<Group, number>>
  dispose(): void
}

/** Only what the estimator needs is compiled: without backpropagation there is no backward graph. */
export async function createGradientFinder(
  options: RunnerOptions & { trained: Float32Array },
  { estimator, knobs, seed }: ChosenEstimator,
): Promise<GradientFinder> {
  const exact = estimator.needs.backward ? await createGradientRunner(options) : null
  const around = estimator.needs.forward ? await createZerothOrderRunner(options) : null
  return {
    run(microBatches, scales, target, scratch, step) {
      const directions = estimator.directions(knobs, step)
      if (directions > 0 && around) {
        const smoothing = estimator.smoothing(knobs) as number
        return around.run(microBatches, scales, target, { directions, smoothing, seed, step })
      }
      if (!exact) throw new Error(`internal: ${estimator.id} does not backpropagate`)
      return exact.run(microBatches, scales, target, scratch)
    },
    dispose() {
      exact?.dispose()
      around?.dispose()
    },
  }
}
