import { sizeOf } from '../shape.ts'

/** Row-major strides of a bound shape. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length)
  let stride = 1
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = stride
    stride *= shape[i]
  }
  return strides
}

/** Strides that read a tensor of `shape` as if it were broadcast to `target`: 0 along repeated axes. */
export function broadcastStrides(shape: readonly number[], target: readonly number[]): number[] {
  const strides = stridesOf(shape)
  const offset = target.length - shape.length
  return target.map((_, i) => (i < offset || shape[i - offset] === 1 ? 0 : strides[i - offset]))
}

/** Calls `visit` with, for each element of `shape` in row-major order, the offset under `strides`. */
export function forEachOffset(
  shape: readonly number[],
  strides: readonly number[],
  visit: (index: number, offset: number) => void,
): void {
  const size = sizeOf(shape)
  const position = new Array<number>(shape.length).fill(0)
  let offset = 0
  for (let index = 0; index < size; index++) {
    visit(index, offset)
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      offset += strides[axis]
      if (++position[axis] < shape[axis]) break
      offset -= strides[axis] * shape[axis]
      position[axis] = 0
    }
  }
}
