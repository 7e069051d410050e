import type { DeviceBuffer } from '../engine/memory.ts'
import type { FlatTensors } from './flat.ts'
import type { RunnerOptions } from './gradient.ts'
import { createLossRunner } from './loss-runner.ts'
import type { MicroBatch } from './micro-batch.ts'
import type { Group } from './objective.ts'

/** The random directions along which a step displaces the weights, and how far. */
export interface Perturbation {
  readonly directions: number
  readonly smoothing: number
  readonly seed: number
  /** Of the optimiser, from 1: each step has directions of its own. */
  readonly step: number
}

/** Estimates gradients from losses at displaced weights. */
export interface ZerothOrderRunner {
  /**
   * As `GradientRunner.run`; losses are the means of those on either side. All groups of a step are displaced along the same
   * directions, so that what a combiner makes of their estimates is the estimate of what it would make of them.
   */
  run(
    microBatches: readonly MicroBatch[],
    scales: Readonly<Record<Group, number>>,
    target: FlatTensors,
    perturbation: Perturbation,
  ): Promise<Record<Group, number>>
  dispose(): void
}

/** @param trained the weights that are displaced, and put back from a copy */
export async function createZerothOrderRunner(
  options: RunnerOptions & { trained: DeviceBuffer },
): Promise<ZerothOrderRunner> {
  const { trained } = options
  const { memory } = options.engine
  const around = await createLossRunner(options)
  const kept = memory.make(trained.length)

  return {
    async run(microBatches, scales, target, { directions, smoothing, seed, step }) {
      const means: Record<Group, number> = {}
      await memory.fill(target.data, 0)
      await memory.copy(trained, kept)
      try {
        for (let i = 0; i < directions; i++) {
          const stream = ['direction', step, i]
          const at = async (side: number) => {
            await memory.copy(kept, trained)
            await memory.addSigns(trained, side * smoothing, seed, stream)
            return around.losses(microBatches)
          }
          const [above, below] = [await at(1), await at(-1)]
          let slope = 0
          for (const [group, scale] of Object.entries(scales)) {
            slope += (scale * (above[group] - below[group])) / (2 * smoothing)
            means[group] = (means[group] ?? 0) + (above[group] + below[group]) / (2 * directions)
          }
          await memory.addSigns(target.data, slope / directions, seed, stream)
        }
      } finally {
        await memory.copy(kept, trained)
      }
      return means
    },
    dispose() {
      around.dispose()
      memory.free(kept)
    },
  }
}
