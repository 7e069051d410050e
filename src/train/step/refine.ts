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
 * @param weights `[n]` of the layout: the trained ones, displaced and put back to the bit
 * @returns the refinement, and the arrays that it keeps from step to step, by name
 */
export function createRefine(options: {
  readonly combiner: Combiner
  readonly combinerKnobs: Readonly<Record<string, unknown>>
  readonly sharpnessKnobs: SharpnessKnobs | null
  readonly forget: FlatTensors
  readonly retain: FlatTensors
  readonly writeGradient: WriteGradient
  readonly layout: FlatLayout
  readonly weights: Float32Array
}): { readonly refine: Refine; readonly memory: ReadonlyMap<string, Float32Array> } {
  const { combiner, combinerKnobs, sharpnessKnobs, writeGradient, layout, weights } = options
  const { refinement } = combiner
  const memory = new Map(
    (refinement?.memory ?? []).map((name) => [name, new Float32Array(layout.size)]),
  )
  if (!refinement && !sharpnessKnobs)
    return { refine: async (_data, _step, state) => state, memory }
  const displaced = createDisplacedGradients(writeGradient, layout, weights, memory)
  const pair = { forget: options.forget.data, retain: options.retain.data }
  return {
    async refine(data, step, state) {
      const around = displaced(data, step)
      if (sharpnessKnobs) await sharpness.apply(pair, around, sharpnessKnobs, state)
      return refinement ? refinement.apply(pair, around, combinerKnobs, state) : state
    },
    memory,
  }
}
