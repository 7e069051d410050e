import type { Engine, Program, TypedArray } from '../engine.ts'
import { withHostArithmetic } from '../host-memory.ts'
import type { DeviceBuffer } from '../memory.ts'

/** A part of what the "device" keeps. */
interface Region {
  readonly array: Float32Array | Int32Array
  /** The whole buffer, which is what is freed. */
  readonly whole: object
}

/**
 * An engine as on a device: its buffers are handles, and whatever is in them is copied in and out. Programs are those of
 * another engine, so results are the same to the bit wherever nobody takes a buffer for an array.
 */
export function createDeviceEngine(inner: Engine): Engine & { readonly liveBuffers: () => number } {
  const regions = new WeakMap<object, Region>()
  const live = new Set<object>()

  const handleOf = (array: Region['array'], whole?: object): DeviceBuffer => {
    const handle = Object.freeze({ length: array.length })
    regions.set(handle, { array, whole: whole ?? handle })
    if (!whole) live.add(handle)
    return handle as unknown as DeviceBuffer
  }
  const regionOf = (buffer: DeviceBuffer): Region => {
    const region = regions.get(buffer)
    if (!region) throw new TypeError('expected a buffer of this engine')
    if (!live.has(region.whole)) throw new Error('internal: use of a buffer that was given back')
    return region
  }
  const inside = (buffer: DeviceBuffer) => regionOf(buffer).array

  const memory = withHostArithmetic({
    make: (length, dtype = 'f32') =>
      handleOf(dtype === 'i32' ? new Int32Array(length) : new Float32Array(length)),
    hold: (numbers) => handleOf(numbers.slice()),
    part(buffer, start, end) {
      const { array, whole } = regionOf(buffer)
      return handleOf(array.subarray(start, end), whole)
    },
    read: async (buffer) => (inside(buffer) as Float32Array).slice(),
    readIndices: async (buffer) => (inside(buffer) as Int32Array).slice(),
    async write(buffer, numbers) {
      const array = inside(buffer)
      if (numbers.length !== array.length)
        throw new RangeError(`expected ${array.length} numbers, got ${numbers.length}`)
      array.set(numbers)
    },
    free(buffer) {
      const { whole } = regionOf(buffer)
      if (whole !== buffer) throw new Error('internal: a part of a buffer was given back')
      live.delete(whole)
    },
  })
  const copyOf = (data: TypedArray | DeviceBuffer): TypedArray =>
    ArrayBuffer.isView(data) ? (data as TypedArray) : inside(data as DeviceBuffer).slice()

  return {
    id: `device over ${inner.id}`,
    threads: inner.threads,
    memory,
    liveBuffers: () => live.size,
    async compile(graph) {
      const program: Program = await inner.compile(graph)
      return {
        ...program,
        async run(given, into) {
          const inputs = Object.fromEntries(
            Object.entries(given).map(([name, { data, shape }]) => [
              name,
              { data: copyOf(data), shape },
            ]),
          )
          const results = Object.fromEntries(
            Object.entries(into).map(([name, data]) => [name, copyOf(data)]),
          )
          await program.run(inputs, results)
          for (const [name, data] of Object.entries(into))
            if (!ArrayBuffer.isView(data))
              inside(data as DeviceBuffer).set(results[name] as Float32Array)
        },
      }
    },
    dispose: () => inner.dispose(),
  }
}
