import { type DeviceBuffer, type Memory, onHost } from '../engine/memory.ts'
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
 * @returns the gradients around for a step's data; its last argument has the arrays that are kept from step to step, by name
 */
export function createDisplacedGradients({
  memory,
  writeGradient,
  layout,
  weights,
}: {
  readonly memory: Memory
  readonly writeGradient: WriteGradient
  readonly layout: FlatLayout
  readonly weights: DeviceBuffer
}): (
  data: StepData,
  step: number,
  kept: ReadonlyMap<string, Float32Array>,
) => Promise<DisplacedGradients> {
  const before = memory.make(weights.length)
  const target = flatTensors(memory, layout)
  const buffers = new Map<number, Float32Array>()
  return async (data, step, kept) => ({
    weights: await memory.read(weights),
    weightNorm: Math.sqrt(await memory.squaredNorm(weights)),
    async gradientAt(group, displacement) {
      await memory.copy(weights, before)
      try {
        await onHost(memory, [weights], ([array]) => {
          for (let i = 0; i < array.length; i++) array[i] += displacement[i]
        })
        const losses = await writeGradient(data[group], { [group]: 1 }, target, step)
        return { gradient: await memory.read(target.data), loss: losses[group] }
      } finally {
        await memory.copy(before, weights)
      }
    },
    buffer(index) {
      const held = buffers.get(index) ?? new Float32Array(layout.size)
      buffers.set(index, held)
      return held
    },
    memory(name) {
      const held = kept.get(name)
      if (!held) throw new Error(`internal: no memory ${name} was declared`)
      return held
    },
  })
}
