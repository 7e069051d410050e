import { type DeviceBuffer, type Memory, onHost } from '../../engine/memory.ts'
import type { Combiner, CombinerState } from '../../parts/combine/combiner.ts'
import { sharpness } from '../../parts/combine/sharpness.ts'
import { createDisplacedGradients } from '../displaced-gradients.ts'
import type { FlatLayout, FlatTensors } from '../flat.ts'
import type { StepData, WriteGradient } from '../step.ts'

/** Overwrites the gradients of a step by what is to be combined; returns the state for the combiner's coefficients. */
export type Refine = (data: StepData, step: number, state: CombinerState) => Promise<CombinerState>

/** Knobs of sharpness-aware gradients. */
export type SharpnessKnobs = Parameters<typeof sharpness.apply>[2]

/**
 * The refinements of a step's gradients, sharpness first and then the combiner's own; without either, nothing is held.
 *
 * @param forget, retain the two gradients, which are overwritten
 * Their rules have formulas of their own and are rare, so they work on the host.
 *
 * @param weights `[n]` of the layout: the trained ones, displaced and put back to the bit
 * @returns the refinement, and what it keeps from step to step, by name
 */
export function createRefine(options: {
  readonly memory: Memory
  readonly combiner: Combiner
  readonly combinerKnobs: Readonly<Record<string, unknown>>
  readonly sharpnessKnobs: SharpnessKnobs | null
  readonly forget: FlatTensors
  readonly retain: FlatTensors
  readonly writeGradient: WriteGradient
  readonly layout: FlatLayout
  readonly weights: DeviceBuffer
}): { readonly refine: Refine; readonly kept: ReadonlyMap<string, DeviceBuffer> } {
  const { memory, combiner, combinerKnobs, sharpnessKnobs } = options
  const { refinement } = combiner
  const kept = new Map(
    (refinement?.memory ?? []).map((name) => [name, memory.make(options.layout.size)]),
  )
  if (!refinement && !sharpnessKnobs) return { refine: async (_data, _step, state) => state, kept }
  const displaced = createDisplacedGradients(options)
  const changed = [options.forget.data, options.retain.data, ...kept.values()]
  return {
    refine: (data, step, state) =>
      onHost(memory, changed, async ([forget, retain, ...arrays]) => {
        const pair = { forget, retain }
        const names = [...kept.keys()]
        const around = await displaced(
          data,
          step,
          new Map(names.map((name, i) => [name, arrays[i]])),
        )
        if (sharpnessKnobs) await sharpness.apply(pair, around, sharpnessKnobs, state)
        return refinement ? refinement.apply(pair, around, combinerKnobs, state) : state
      }),
    kept,
  }
}
