import { innerProducts, sumOfSquares } from '../math/inner-products.ts'
import { addSigns } from '../math/random.ts'
import type { TypedArray } from './engine.ts'
import { type DeviceBuffer, type Memory, type MemoryCore, onHost } from './memory.ts'

/** A memory whose arithmetic is done on arrays that are read and written: on a CPU, where that is free, all there is to do. */
export function withHostArithmetic(core: MemoryCore): Memory {
  return {
    ...core,
    fill: (target, value) => onHost(core, [target], ([array]) => void array.fill(value)),
    copy: (source, target, blocks = [{ from: 0, to: 0, length: source.length }]) =>
      onHost(
        core,
        [target],
        ([into], [values]) => {
          for (const { from, to, length } of blocks)
            into.set(values.subarray(from, from + length), to)
        },
        [source],
      ),
    add: (target, values) =>
      onHost(core, [target], ([into], [array]) => addInPlace(into, array), [values]),
    async addRows(target, indices, values) {
      const rows = await core.readIndices(indices)
      await onHost(core, [target], ([into], [array]) => addRows(into, rows, array), [values])
    },
    addSigns: (target, amount, seed, stream) =>
      onHost(core, [target], ([array]) => addSigns(array, amount, seed, stream)),
    between: (target, from, to, share) =>
      onHost(
        core,
        [target],
        ([into], [start, end]) => {
          for (let i = 0; i < into.length; i++) into[i] = start[i] + share * (end[i] - start[i])
        },
        [from, to],
      ),
    squaredNorm: async (x) => sumOfSquares(await core.read(x)),
    products: async (a, b) => innerProducts(await core.read(a), await core.read(b)),
  }
}

function addInPlace(target: Float32Array, values: Float32Array): void {
  for (let i = 0; i < target.length; i++) target[i] += values[i]
}

function addRows(target: Float32Array, indices: Int32Array, values: Float32Array): void {
  const width = values.length / indices.length
  for (let n = 0; n < indices.length; n++) {
    const to = indices[n] * width
    const from = n * width
    for (let i = 0; i < width; i++) target[to + i] += values[from + i]
  }
}

const bufferOf = (array: Float32Array | Int32Array) => array as unknown as DeviceBuffer

/**
 * The array that a CPU engine's buffer is, or the array that was given in its place.
 *
 * @throws TypeError for a buffer of another kind of engine
 */
export function hostArray(data: TypedArray | DeviceBuffer): TypedArray {
  if (ArrayBuffer.isView(data)) return data as TypedArray
  throw new TypeError('expected an array or a buffer of this engine, got a buffer of another')
}

const floats = (buffer: DeviceBuffer) => hostArray(buffer) as Float32Array

/** The memory of engines that compute where arrays are: a buffer is the array, and nothing is ever copied. */
export const hostMemory: Memory = withHostArithmetic({
  make: (length, dtype = 'f32') =>
    bufferOf(dtype === 'i32' ? new Int32Array(length) : new Float32Array(length)),
  hold: bufferOf,
  part: (buffer, start, end) => bufferOf(floats(buffer).subarray(start, end)),
  read: async (buffer) => floats(buffer),
  readIndices: async (buffer) => hostArray(buffer) as Int32Array,
  async write(buffer, numbers) {
    const array = floats(buffer)
    if (array !== numbers) array.set(numbers)
  },
  free() {},
})
