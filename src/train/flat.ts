import type { DeviceBuffer, Memory } from '../engine/memory.ts'
import { sizeOf } from '../graph/shape.ts'

/** The place of a tensor in one long array. */
export interface FlatPlace {
  readonly start: number
  readonly shape: readonly number[]
}

/** The layout of tensors in one long array; every start is a multiple of 64 bytes. */
export interface FlatLayout {
  readonly size: number
  readonly tensors: ReadonlyMap<string, FlatPlace>
}

const alignment = 16

/** Numbers that a tensor takes in a flat array, with the gap after it. */
export function alignedSize(size: number): number {
  return Math.ceil(size / alignment) * alignment
}

export function flatLayout(shapes: Iterable<readonly [string, readonly number[]]>): FlatLayout {
  const tensors = new Map<string, FlatPlace>()
  let size = 0
  for (const [name, shape] of shapes) {
    tensors.set(name, { start: size, shape })
    size += alignedSize(sizeOf(shape))
  }
  return { size, tensors }
}

/** All tensors of a kind (weights, a gradient, a moment) in one buffer; gaps between them stay zero. */
export interface FlatTensors {
  readonly data: DeviceBuffer
  readonly views: ReadonlyMap<string, DeviceBuffer>
}

/** @param data zeros unless given; may be longer than the layout */
export function flatTensors(
  memory: Memory,
  layout: FlatLayout,
  data: DeviceBuffer = memory.make(layout.size),
): FlatTensors {
  const views = new Map<string, DeviceBuffer>()
  for (const [name, { start, shape }] of layout.tensors)
    views.set(name, memory.part(data, start, start + sizeOf(shape)))
  return { data: data.length === layout.size ? data : memory.part(data, 0, layout.size), views }
}
