import { parabolaFactor } from '../parts/optim/parabola.ts'
import type { RunnerOptions } from './gradient.ts'
import { createLossRunner } from './loss-runner.ts'
import type { MicroBatch } from './micro-batch.ts'
import type { UpdatePath } from './update-path.ts'

/** Adapts the learning rate by what an update does to the retain loss, every so many steps. */
export interface RateProbe {
  /** Whether it looks at the update of a step. */
  isDue(step: number): boolean
  /** The new factor of the learning rate; the weights are as they were before the call. */
  after(step: number, retain: readonly MicroBatch[], factor: number): Promise<number>
  dispose(): void
}

/** Costs three forward passes on the retain data every `every` steps. */
export async function createRateProbe(
  options: RunnerOptions & { path: UpdatePath },
  every: number,
): Promise<RateProbe> {
  const { path } = options
  const around = await createLossRunner(options)
  const isDue = (step: number) => step % every === 0
  return {
    isDue,
    async after(step, retain, factor) {
      if (!isDue(step)) return factor
      await path.end()
      try {
        const ahead = (await around.losses(retain)).retain
        await path.goTo(-1)
        const behind = (await around.losses(retain)).retain
        await path.goTo(0)
        const here = (await around.losses(retain)).retain
        return parabolaFactor(factor, { ahead, behind, here })
      } finally {
        await path.goTo(1)
      }
    },
    dispose: () => around.dispose(),
  }
}
