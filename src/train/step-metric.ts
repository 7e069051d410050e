import { type DeviceBuffer, type Memory, onHost } from '../engine/memory.ts'
import { weightedProducts } from '../math/inner-products.ts'
import { addGrams, type Gram, gramOfProducts, zeroGram } from '../parts/combine/gram.ts'
import type { Coefficients } from '../parts/combine/weighted-gradients.ts'
import type { Optimizer } from '../parts/optim/optimizer.ts'

/**
 * The Gram matrix of the two gradients in the optimiser's metric: `Σ P·f·f`, `Σ P·f·r`, `Σ P·r·r` in float64, with the
 * preconditioner P of the step that a direction would make.
 *
 * @param direction clipping included
 * @param step      1 for the first step
 */
export type StepMetric = (direction: Coefficients, step: number) => Promise<Gram>

/** Elements at a time, which stay in the cache. */
const pieceLength = 4096

/**
 * The metric of an optimiser's steps, on the host: its formula is the optimiser's own.
 *
 * @param forget, retain, slots `[n]` each, of which nothing is changed
 * @throws Error (internal) for an optimiser whose steps have no preconditioner
 */
export function createStepMetric(options: {
  readonly memory: Memory
  readonly optimizer: Optimizer
  readonly knobs: Readonly<Record<string, unknown>>
  readonly forget: DeviceBuffer
  readonly retain: DeviceBuffer
  readonly slots: ReadonlyMap<string, DeviceBuffer>
}): StepMetric {
  const { memory, optimizer, knobs, forget, retain, slots } = options
  const names = [...slots.keys()]
  const direction = new Float32Array(pieceLength)
  const preconditioner = new Float64Array(pieceLength)
  if (!optimizer.preconditioner) throw new Error(`internal: ${optimizer.id} has no preconditioner`)
  return ({ forget: a, retain: b }, step) => {
    const scalars = optimizer.scalars(knobs, 1, step)
    return onHost(
      memory,
      [],
      (_, [f, r, ...states]) => {
        let gram: Gram = zeroGram
        for (let from = 0; from < f.length; from += pieceLength) {
          const to = Math.min(f.length, from + pieceLength)
          const [own, other] = [f.subarray(from, to), r.subarray(from, to)]
          const gradient = direction.subarray(0, to - from)
          const p = preconditioner.subarray(0, to - from)
          for (let i = 0; i < gradient.length; i++) gradient[i] = a * own[i] + b * other[i]
          const pieces = states.map((state, k) => [names[k], state.subarray(from, to)])
          optimizer.preconditioner?.({ gradient, slots: Object.fromEntries(pieces), scalars }, p)
          gram = addGrams(gram, gramOfProducts(weightedProducts(own, other, p)))
        }
        return gram
      },
      [forget, retain, ...slots.values()],
    )
  }
}
