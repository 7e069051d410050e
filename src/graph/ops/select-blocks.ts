import { apply, describe, type Node } from '../node.ts'
import type { Op } from '../op.ts'
import { multiplyDims, ShapeError } from '../shape.ts'
import { reshape } from './reshape.ts'

/** Of x `[rows, blocks, width]`: block order[j] in place j, zeros where it is −1. */
const selectBlocksOp: Op = {
  name: 'selectBlocks',
  infer: ([x], { order }) => ({
    shape: [x.shape[0], (order as number[]).length, x.shape[2]],
    dtype: x.dtype,
  }),
  gradient(node, g) {
    const blocks = node.inputs[0].shape[1] as number
    const inverse = new Array<number>(blocks).fill(-1)
    for (const [to, from] of (node.attributes.order as number[]).entries())
      if (from >= 0) inverse[from] = to
    return [apply(selectBlocksOp, [g], { order: inverse })]
  },
  evaluate(node, [x]) {
    const order = node.attributes.order as number[]
    const [rows, blocks, width] = x.shape
    const data = new Float64Array(rows * order.length * width)
    for (let row = 0; row < rows; row++)
      for (const [to, from] of order.entries()) {
        if (from < 0) continue
        const at = (row * blocks + from) * width
        data.set(x.data.subarray(at, at + width), (row * order.length + to) * width)
      }
    return { shape: [rows, order.length, width], data }
  },
}

/**
 * Columns of a matrix taken in blocks: block j of the result is block `order[j]` of x. Takes fused projections apart
 * and reorders the components of heads. The gradient puts each block back, zeros where none was taken.
 *
 * @param x     `[rows, blocks*width]` f32
 * @param order block numbers, each at most once
 */
export function selectBlocks(x: Node, order: readonly number[], width: number): Node {
  const [rows, columns] = x.shape
  const blocks = (columns as number) / width
  if (x.shape.length !== 2 || !Number.isInteger(blocks))
    throw new ShapeError('selectBlocks', `[rows, a multiple of ${width}]`, describe(x))
  const selected = apply(selectBlocksOp, [reshape(x, [rows, blocks, width])], { order })
  return reshape(selected, [rows, multiplyDims([order.length, width])])
}
