import type { DeviceBuffer, Engine, HeldTensor, Tensor } from '../engine/engine.ts'
import { sizeOf } from '../graph/shape.ts'
import type { Optimizer } from '../parts/optim/optimizer.ts'
import type { MatrixPlace } from './hidden-matrices.ts'
import { slotLengths } from './slot-lengths.ts'
import { updateKinds } from './update-kinds.ts'

/** Applies an optimiser to a flat buffer of weights, with gradients combined on the way. */
export interface Updater {
  /** State of the optimiser by slot name: one number for each weight that the slot is for, in their order. */
  readonly slots: ReadonlyMap<string, DeviceBuffer>
  /**
   * `g = Σ_k coefficients_k · gradients_k`, then one step of the optimiser on g, in place.
   *
   * @param coefficients clipping included
   * @param step         1 for the first step
   */
  step(coefficients: readonly number[], learningRate: number, step: number): Promise<void>
  dispose(): void
}

/**
 * The optimiser as programs, run part by part with outputs written over their inputs.
 *
 * @param weights   `[n]` updated in place
 * @param gradients one or more `[n]`
 * @param matrices  the hidden ones among the weights, in their order
 */
export async function createUpdater(options: {
  engine: Engine
  optimizer: Optimizer
  knobs: Readonly<Record<string, unknown>>
  weights: DeviceBuffer
  gradients: readonly DeviceBuffer[]
  matrices: readonly MatrixPlace[]
}): Promise<Updater> {
  const { engine, optimizer, knobs, weights, gradients, matrices } = options
  const kinds = updateKinds(optimizer, weights.length, matrices)
  const slots = new Map(
    [...slotLengths(kinds)].map(([name, length]) => [name, engine.memory.make(length)]),
  )
  const programs = await Promise.all(
    kinds.map(async (kind) => {
      const program = await engine.compile(kind.graph(gradients.length))
      const calls = kind.parts.map((part) => {
        const { start, slotStart, shape } = part
        const tensor = (buffer: DeviceBuffer, from: number): HeldTensor => ({
          data: engine.memory.part(buffer, from, from + sizeOf(shape)),
          shape,
        })
        const parameter = tensor(weights, start)
        const inputs: Record<string, Tensor> = { parameter }
        const outputs = { 'new parameter': parameter.data }
        for (const name of kind.slots) {
          const held = tensor(slots.get(name) as DeviceBuffer, slotStart)
          inputs[`slot ${name}`] = held
          Object.assign(outputs, { [`new ${name}`]: held.data })
        }
        for (const [k, gradient] of gradients.entries())
          inputs[`gradient ${k}`] = tensor(gradient, start)
        return { part, inputs, outputs }
      })
      return { kind, program, calls }
    }),
  )
  return {
    slots,
    async step(coefficients, learningRate, step) {
      const scalar = (value: number): Tensor => ({ data: Float32Array.of(value), shape: [] })
      const factors = Object.fromEntries(
        coefficients.map((value, k) => [`coefficient ${k}`, scalar(value)]),
      )
      for (const { kind, program, calls } of programs)
        for (const { part, inputs, outputs } of calls) {
          const scalars = Object.fromEntries(
            Object.entries(kind.scalars(knobs, learningRate, step, part)).map(([name, value]) => [
              name,
              scalar(value),
            ]),
          )
          await program.run({ ...inputs, ...factors, ...scalars }, outputs)
        }
    },
    dispose() {
      for (const { program } of programs) program.dispose()
      for (const slot of slots.values()) engine.memory.free(slot)
    },
  }
}
