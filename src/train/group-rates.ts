import { parabolaFactor } from '../parts/optim/parabola.ts'
import { type GroupLosses, groupInfluence } from '../parts/select/group-influence.ts'
import type { RunnerOptions } from './gradient.ts'
import { createLossRunner } from './loss-runner.ts'
import type { MicroBatch } from './micro-batch.ts'
import type { UpdatePath } from './update-path.ts'

/** A group of weights: its ranges in the array of all trained ones. */
export interface WeightGroup {
  readonly name: string
  readonly ranges: readonly { readonly start: number; readonly end: number }[]
}

/** The state of the groups' learning rates: plain numbers, stored with the run's state. */
export interface GroupRateState {
  /** `[groups]` factors of the learning rate */
  readonly factors: readonly number[]
  /** `[groups]` nats: the sum over measurements of what the group alone could have lowered the loss by */
  readonly influence: readonly number[]
}

/** Gives every group of weights a learning rate of its own, by what its part of an update does to the loss. */
export interface GroupRates {
  /** Scales each group's part of the update just made, measured anew at every so many steps. Weights outside of all groups stay moved. */
  after(
    step: number,
    microBatches: readonly MicroBatch[],
    state: GroupRateState,
  ): Promise<GroupRateState>
  dispose(): void
}

export function startingRates(groups: readonly WeightGroup[]): GroupRateState {
  return { factors: groups.map(() => 1), influence: groups.map(() => 0) }
}

/**
 * Costs `2·groups + 1` forward passes every `every` steps.
 *
 * The loss is the sum of the step's losses, forgetting and keeping; a group whose part of the update does not lower it keeps
 * its rate. Differs from Hi-DLR's random perturbations with a least-squares fit: one group at a time, there and back, which is
 * exact where the loss is quadratic.
 */
export async function createGroupRates(
  options: RunnerOptions & { path: UpdatePath },
  groups: readonly WeightGroup[],
  every: number,
): Promise<GroupRates> {
  const { path } = options
  const runner = await createLossRunner(options)
  const lossAt = async (microBatches: readonly MicroBatch[]) =>
    Object.values(await runner.losses(microBatches)).reduce((sum, loss) => sum + loss, 0)
  const move = async ({ ranges }: WeightGroup, share: number) => {
    for (const range of ranges) await path.goTo(share, range)
  }
  return {
    async after(step, microBatches, state) {
      await path.end()
      let { factors, influence } = state
      if (step % every === 0) {
        await path.goTo(0)
        const here = await lossAt(microBatches)
        const losses: GroupLosses[] = []
        for (const [k, group] of groups.entries()) {
          await move(group, factors[k])
          const ahead = await lossAt(microBatches)
          await move(group, -factors[k])
          const behind = await lossAt(microBatches)
          await move(group, 0)
          losses.push({ ahead, behind, here })
        }
        factors = factors.map((factor, k) => parabolaFactor(factor, losses[k]))
        influence = influence.map((sum, k) => sum + groupInfluence(losses[k]))
        await path.goTo(1)
      }
      for (const [k, group] of groups.entries()) if (factors[k] !== 1) await move(group, factors[k])
      return { factors, influence }
    },
    dispose: () => runner.dispose(),
  }
}
