import type { DeviceBuffer } from '../engine/memory.ts'
import type { RunnerOptions } from './gradient.ts'
import {
  createGroupRates,
  type GroupRateState,
  startingRates,
  type WeightGroup,
} from './group-rates.ts'
import { createRateProbe } from './rate-probe.ts'
import type { StepData } from './step.ts'
import { createStepCap } from './step-cap.ts'
import { createUpdatePath } from './update-path.ts'

/** The probes of updates; all off unless given. */
export interface UpdateProbeOptions {
  /** Largest update, in radii of the output softmax; null: no cap. */
  readonly softmaxRadius?: number | null
  /** Steps between probes by which the learning rate adapts; null: it follows the schedule alone. */
  readonly adaptRateEvery?: number | null
  /** Groups of weights with rates of their own, and the steps between probes. */
  readonly groupRates?: { readonly groups: readonly WeightGroup[]; readonly every: number } | null
}

/** Losses along an update once it is made: for rates of groups of weights, then the cap, then the rate of the next updates. */
export interface UpdateProbes {
  /** Factor of the scheduled learning rate, 1 unless it adapts. */
  rateFactor: number
  /** Rates of groups of weights; null where all have one. */
  groupRates: GroupRateState | null
  /** Before the update of a step; `step` counts from 1. */
  begin(step: number): Promise<void>
  /** After it; weights may be moved back along it. */
  after(step: number, data: StepData): Promise<void>
  dispose(): void
}

/**
 * Compiles what the probes need: nothing where all are off.
 *
 * @param runner with the losses of the step; the learning rate adapts to `retain` alone
 * @param trained the trained weights, which are probed in place
 */
export async function createUpdateProbes(
  runner: RunnerOptions,
  trained: DeviceBuffer,
  { adaptRateEvery, softmaxRadius, groupRates }: UpdateProbeOptions,
): Promise<UpdateProbes> {
  const path =
    adaptRateEvery || softmaxRadius || groupRates
      ? createUpdatePath(runner.engine.memory, trained)
      : null
  const options = path && { ...runner, path }
  const rate =
    options && adaptRateEvery && runner.losses.retain
      ? await createRateProbe(options, adaptRateEvery)
      : null
  const grouped =
    options && groupRates
      ? await createGroupRates(options, groupRates.groups, groupRates.every)
      : null
  const cap = options && softmaxRadius ? await createStepCap(options, softmaxRadius) : null
  const probes: UpdateProbes = {
    rateFactor: 1,
    groupRates: groupRates ? startingRates(groupRates.groups) : null,
    async begin(step) {
      if (cap || grouped || rate?.isDue(step)) await path?.begin()
    },
    async after(step, { forget, retain, together }) {
      // Micro-batches are either of a group or of both.
      if (grouped && probes.groupRates)
        probes.groupRates = await grouped.after(
          step,
          [...forget, ...retain, ...together],
          probes.groupRates,
        )
      const [first] = [...together, ...forget]
      if (cap && first) await cap.after(first)
      if (rate)
        probes.rateFactor = await rate.after(step, [...retain, ...together], probes.rateFactor)
    },
    dispose() {
      cap?.dispose()
      rate?.dispose()
      grouped?.dispose()
      path?.free()
    },
  }
  return probes
}
