import type { DeviceBuffer } from '../engine/memory.ts'
import type { GradientEstimator } from '../parts/estimate/estimator.ts'
import { exact } from '../parts/estimate/exact.ts'
import type { FlatTensors } from './flat.ts'
import { createGradientRunner, type RunnerOptions } from './gradient.ts'
import type { MicroBatch } from './micro-batch.ts'
import type { Group } from './objective.ts'
import { createZerothOrderRunner } from './zeroth-order-runner.ts'

/** An estimator of gradients with its knobs, and the seed of what it draws. */
export interface ChosenEstimator {
  readonly estimator: GradientEstimator
  readonly knobs: Readonly<Record<string, unknown>>
  readonly seed: number
}

/** Backpropagation in every step. */
export const exactEstimator: ChosenEstimator = {
  estimator: exact,
  knobs: {},
  seed: 0,
}

/** A gradient estimator at work: finds the gradients of each step in the way that its declaration says. */
export interface EstimatorRunner {
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

/** Compiles only what the estimator needs: without backpropagation there is no backward graph. */
export async function createEstimatorRunner(
  options: RunnerOptions & { trained: DeviceBuffer },
  { estimator, knobs, seed }: ChosenEstimator,
): Promise<EstimatorRunner> {
  const backward = estimator.needs.backward ? await createGradientRunner(options) : null
  const around = estimator.needs.forward ? await createZerothOrderRunner(options) : null
  return {
    run(microBatches, scales, target, scratch, step) {
      const directions = estimator.directions(knobs, step)
      if (directions > 0 && around) {
        const smoothing = estimator.smoothing(knobs) as number
        return around.run(microBatches, scales, target, { directions, smoothing, seed, step })
      }
      if (!backward) throw new Error(`internal: ${estimator.id} does not backpropagate`)
      return backward.run(microBatches, scales, target, scratch)
    },
    dispose() {
      backward?.dispose()
      around?.dispose()
    },
  }
}
