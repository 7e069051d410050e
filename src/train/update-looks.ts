import type { RunnerOptions } from './gradient.ts'
import { createGroupRates, type GroupRateState, startingRates } from './group-rates.ts'
import type { LearnerOptions, StepData } from './learner.ts'
import { createRateFinder } from './rate-finder.ts'
import { createStepCap } from './step-cap.ts'
import { createUpdatePath } from './update-path.ts'

/** All that looks at an update once it is made: rates of groups of weights, then the cap, then the rate of the next updates. */
export interface UpdateLooks {
  /** Factor of the scheduled learning rate, 1 unless it adapts. */
  rateFactor: number
  /** Rates of groups of weights; null where all have one. */
  groupRates: GroupRateState | null
  /** Before the update of a step; `step` counts from 1. */
  begin(step: number): void
  /** After it; weights may be moved back along it. */
  after(step: number, data: StepData): Promise<void>
  dispose(): void
}

/** @param trained the trained weights, which are looked at in place */
export async function createUpdateLooks(
  runner: RunnerOptions,
  trained: Float32Array,
  {
    losses,
    adaptRateEvery,
    softmaxRadius,
    groupRates,
  }: Pick<LearnerOptions, 'losses' | 'adaptRateEvery' | 'softmaxRadius' | 'groupRates'>,
): Promise<UpdateLooks> {
  const path = adaptRateEvery || softmaxRadius || groupRates ? createUpdatePath(trained) : null
  const options = path && { ...runner, path }
  const finder =
    options && adaptRateEvery && losses.retain
      ? await createRateFinder(options, adaptRateEvery)
      : null
  const grouped =
    options && groupRates
      ? await createGroupRates(options, groupRates.groups, groupRates.every)
      : null
  const cap = options && softmaxRadius ? await createStepCap(options, softmaxRadius) : null
  const looks: UpdateLooks = {
    rateFactor: 1,
    groupRates: groupRates ? startingRates(groupRates.groups) : null,
    begin(step) {
      if (cap || grouped || finder?.isDue(step)) path?.begin()
    },
    async after(step, { forget, retain, together }) {
      // Micro-batches are either of a group or of both.
      if (grouped && looks.groupRates)
        looks.groupRates = await grouped.after(
          step,
          [...forget, ...retain, ...together],
          looks.groupRates,
        )
      const [first] = [...together, ...forget]
      if (cap && first) await cap.after(first)
      if (finder)
        looks.rateFactor = await finder.after(step, [...retain, ...together], looks.rateFactor)
    },
    dispose() {
      cap?.dispose()
      finder?.dispose()
      grouped?.dispose()
    },
  }
  return looks
}
