import { squaredNorm } from '../parts/combine/gram.ts'
import type { DisplacedGradients } from '../parts/combine/refinement.ts'
import { type FlatLayout, flatTensors } from './flat.ts'
import type { StepData, WriteGradient } from './step.ts'

/**
 * Gradients at displaced weights, for one step's data after another.
 *
 * The weights are inputs of the program, so a displaced copy is written over them and the kept one put back, whatever
 * happens: adding and taking away again would not restore them to the bit.
 *
 * @param weights `[n]` of the layout: the trained ones, in place
 * @param memory  arrays that are kept from step to step, by name
 */
export function createDisplacedGradients(
  writeGradient: WriteGradient,
  layout: FlatLayout,
  weights: Float32Array,
  memory: ReadonlyMap<string, Float32Array>,
): (data: StepData, step: number) => DisplacedGradients {
  const kept = new Float32Array(weights.length)
  const target = flatTensors(layout)
  const buffers = new Map<number, Float32Array>()
  return (data, step) => ({
    weights,
    weightNorm: Math.sqrt(squaredNorm([weights])),
    async gradientAt(group, displacement) {
      kept.set(weights)
      try {
        for (let i = 0; i < weights.length; i++) weights[i] += displacement[i]
        const losses = await writeGradient(data[group], { [group]: 1 }, target, step)
        return { gradient: target.data, loss: losses[group] }
      } finally {
        weights.set(kept)
      }
    },
    buffer(index) {
      const held = buffers.get(index) ?? new Float32Array(layout.size)
      buffers.set(index, held)
      return held
    },
    memory(name) {
      const held = memory.get(name)
      if (!held) throw new Error(`internal: no memory ${name} was declared`)
      return held
    },
  })
}
