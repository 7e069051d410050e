import type { DType, Node, Shape } from '../graph/index.ts'
import type { DeviceBuffer, Memory } from './memory.ts'

export type { DeviceBuffer }

/** Numbers as the caller holds them. i64 is fed from Int32Array or BigInt64Array. */
export type TypedArray = Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array

/** An input of a run: a buffer of the engine, or the caller's own array, which is read during the run and never kept. */
export interface Tensor {
  readonly data: TypedArray | DeviceBuffer
  readonly shape: readonly number[]
}

/** An input that the engine keeps. */
export interface HeldTensor extends Tensor {
  readonly data: DeviceBuffer
}

/** An input that is an array. */
export interface HostTensor extends Tensor {
  readonly data: TypedArray
}

export interface PortSpec {
  readonly name: string
  readonly shape: Shape
  readonly dtype: DType
}

/** A compiled graph. Axes named in shapes may have other lengths in each run. */
export interface Program {
  readonly inputs: readonly PortSpec[]
  readonly outputs: readonly PortSpec[]
  /**
   * Runs the graph; results are written into `outputs`, buffers or arrays that the caller owns, of exactly the right length.
   * An output may be the same memory as an input where each element of the result needs that element of the
   * input only, and no other result needs it at all.
   *
   * @throws ShapeError for a missing input, a wrong shape or a wrong length
   */
  run(
    inputs: Readonly<Record<string, Tensor>>,
    outputs: Readonly<Record<string, TypedArray | DeviceBuffer>>,
  ): Promise<void>
  dispose(): void
}

/** Something that can run a graph. All implementations pass `engine/testing/conformance.ts`. */
export interface Engine {
  readonly id: string
  /** Threads used by one run. */
  readonly threads: number
  /** Where what outlives a run is kept; on a CPU a buffer is an array. */
  readonly memory: Memory
  compile(outputs: Readonly<Record<string, Node>>): Promise<Program>
  /** Frees what the engine holds, its programs too. */
  dispose(): void
}
