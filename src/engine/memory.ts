import type { Stream } from '../math/random.ts'

declare const held: unique symbol

/**
 * Numbers that an engine keeps where it computes, from run to run: weights, gradients, an optimiser's state, caches.
 * Only the engine that made it knows what it is.
 */
export interface DeviceBuffer {
  readonly [held]: true
  readonly length: number
}

/** Numbers of a buffer that go to a place of another. */
export interface Block {
  readonly from: number
  readonly to: number
  readonly length: number
}

/**
 * What an engine keeps numbers in, and the arithmetic on them that is no program.
 *
 * Where the line lies: what outlives a run and has the size of the weights, the batch's logits left out, is a buffer. What
 * a run is given once (tokens, masks, scalars) or is asked for (losses, log-probabilities, logits) is an array. Of the
 * work on buffers, all that a step of a usual run needs is here, so that nothing has to leave the device but a few
 * scalars; what remains (rules that look around, adapters' first values, saved states, export) reads, works on arrays, and
 * writes, by `onHost`.
 *
 * Operations are asked for one after another: each promise is awaited before a buffer is used again.
 */
export interface Memory {
  /** A buffer of zeros. */
  make(length: number, dtype?: 'f32' | 'i32'): DeviceBuffer
  /** A buffer of the array's numbers. The array is given away: on a CPU it is the buffer. */
  hold(numbers: Float32Array): DeviceBuffer
  /** A part of a buffer, from `start` up to `end`: the same numbers, not a copy. */
  part(buffer: DeviceBuffer, start: number, end: number): DeviceBuffer
  /**
   * The numbers of a float32 buffer, as they are now: not to be kept while the buffer changes, nor written to without
   * `write`. On a CPU they are the buffer's own array.
   */
  read(buffer: DeviceBuffer): Promise<Float32Array>
  /** Overwrites a float32 buffer by numbers of its length. */
  write(buffer: DeviceBuffer, numbers: Float32Array): Promise<void>
  /** Gives a whole buffer back before it would be collected; it and its parts are of no use after. */
  free(buffer: DeviceBuffer): void

  fill(target: DeviceBuffer, value: number): Promise<void>
  /** Copies all of a buffer to one of its length, or blocks of it. */
  copy(source: DeviceBuffer, target: DeviceBuffer, blocks?: readonly Block[]): Promise<void>
  /** `target += values`, rounded to float32. */
  add(target: DeviceBuffer, values: DeviceBuffer): Promise<void>
  /** `target[indices[n], :] += values[n, :]` in order of n; see `RowGradient`. */
  addRows(target: DeviceBuffer, indices: DeviceBuffer, values: DeviceBuffer): Promise<void>
  /** `target[i] ± amount` by random signs; see `math/random.ts`. */
  addSigns(target: DeviceBuffer, amount: number, seed: number, stream: Stream): Promise<void>
  /** `target = from + share · (to − from)`, in float64, rounded once. */
  between(target: DeviceBuffer, from: DeviceBuffer, to: DeviceBuffer, share: number): Promise<void>
  /** `Σ x²`, in float64. */
  squaredNorm(x: DeviceBuffer): Promise<number>
  /** `Σ a²`, `Σ a·b`, `Σ b²`, in float64. */
  products(a: DeviceBuffer, b: DeviceBuffer): Promise<readonly [number, number, number]>
}

/** What a memory cannot do without; `withHostArithmetic` adds the rest. */
export type MemoryCore = Pick<Memory, 'make' | 'hold' | 'part' | 'read' | 'write' | 'free'> & {
  /** The numbers of an i32 buffer. */
  readIndices(buffer: DeviceBuffer): Promise<Int32Array>
}

/**
 * Hands the numbers of buffers to work on arrays, and writes back what it has changed.
 *
 * @param buffers those that the work changes
 * @param read    those that it only reads
 */
export async function onHost<Result>(
  memory: Pick<Memory, 'read' | 'write'>,
  buffers: readonly DeviceBuffer[],
  work: (
    arrays: readonly Float32Array[],
    read: readonly Float32Array[],
  ) => Result | Promise<Result>,
  read: readonly DeviceBuffer[] = [],
): Promise<Result> {
  const arrays: Float32Array[] = []
  for (const buffer of [...buffers, ...read]) arrays.push(await memory.read(buffer))
  const result = await work(arrays.slice(0, buffers.length), arrays.slice(buffers.length))
  for (const [i, buffer] of buffers.entries()) await memory.write(buffer, arrays[i])
  return result
}
