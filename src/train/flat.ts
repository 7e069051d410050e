import { sizeOf } from '../graph/shape.ts'

/** Where each tensor lies in one long array; every start is a multiple of 64 bytes. */
export interface FlatLayout {
  readonly size: number
  readonly tensors: ReadonlyMap<
    string,
    { readonly start: number; readonly shape: readonly number[] }
  >
}

const alignment = 16

/** Numbers that a tensor takes in a flat array, with the gap after it. */
export function alignedSize(size: number): number {
  return Math.ceil(size / alignment) * alignment
}

export function flatLayout(shapes: Iterable<readonly [string, readonly number[]]>): FlatLayout {
  const tensors = new Map<string, { start: number; shape: readonly number[] }>()
  let size = 0
  for (const [name, shape] of shapes) {
    tensors.set(name, { start: size, shape })
    size += alignedSize(sizeOf(shape))
  }
  return { size, tensors }
}

/** All tensors of a kind (weights, a gradient, a moment) in one array; gaps between them stay zero. */
export interface FlatTensors {
  readonly data: Float32Array
  readonly views: ReadonlyMap<string, Float32Array>
}

export function flatTensors(layout: FlatLayout): FlatTensors {
  const data = new Float32Array(layout.size)
  const views = new Map<string, Float32Array>()
  for (const [name, { start, shape }] of layout.tensors)
    views.set(name, data.subarray(start, start + sizeOf(shape)))
  return { data, views }
}
