import { parabolaFactor } from '../optim/index.ts'
import type { RunnerOptions } from './gradient.ts'
import { createLossRunner } from './loss-runner.ts'
import type { MicroBatch } from './micro-batch.ts'

/** Adapts the learning rate by what an update does to the retain loss, every so many steps. */
export interface RateFinder {
  /** To be called before the weights of a step move. */
  before(step: number): void
  /** The new factor of the learning rate; the weights are as they were before the call. */
  after(step: number, retain: readonly MicroBatch[], factor: number): Promise<number>
  dispose(): void
}

/** Costs three forward passes on the retain data every `every` steps, and two copies of the trained weights. */
export async function createRateFinder(
  options: RunnerOptions & { trained: Float32Array },
  every: number,
): Promise<RateFinder> {
  const { trained } = options
  const around = await createLossRunner(options)
  const start = new Float32Array(trained.length)
  const end = new Float32Array(trained.length)
  return {
    before(step) {
      if (step % every === 0) start.set(trained)
    },
    async after(step, retain, factor) {
      if (step % every !== 0) return factor
      end.set(trained)
      try {
        const ahead = (await around.losses(retain)).retain
        for (let i = 0; i < trained.length; i++) trained[i] = 2 * start[i] - end[i]
        const behind = (await around.losses(retain)).retain
        trained.set(start)
        const here = (await around.losses(retain)).retain
        return parabolaFactor(factor, { ahead, behind, here })
      } finally {
        trained.set(end)
      }
    },
    dispose: () => around.dispose(),
  }
}
