import { apply, describe, type Node } from '../node.ts'
import type { Op } from '../op.ts'
import {
  bindShape,
  formatShape,
  multiplyDims,
  type Shape,
  ShapeError,
  sameShape,
} from '../shape.ts'
import { forEachOffset, stridesOf } from './strided.ts'

const reshapeOp: Op = {
  name: 'reshape',
  isView: true,
  infer([x], { shape }) {
    const target = shape as Shape
    if (multiplyDims(target) !== multiplyDims(x.shape))
      throw new ShapeError('reshape', `as many elements as ${describe(x)}`, formatShape(target))
    return { shape: target, dtype: x.dtype }
  },
  gradient: (node, g) => [reshape(g, node.inputs[0].shape)],
  evaluate: (node, [x], bindings) => ({ shape: bindShape(node.shape, bindings), data: x.data }),
}

/** The same elements in another shape. */
export function reshape(x: Node, shape: Shape): Node {
  return sameShape(x.shape, shape) ? x : apply(reshapeOp, [x], { shape })
}

const transposeOp: Op = {
  name: 'transpose',
  infer: ([x], { order }) => ({
    shape: (order as number[]).map((i) => x.shape[i]),
    dtype: x.dtype,
  }),
  gradient(node, g) {
    const inverse: number[] = []
    for (const [to, from] of (node.attributes.order as number[]).entries()) inverse[from] = to
    return [transpose(g, inverse)]
  },
  evaluate(node, [x]) {
    const order = node.attributes.order as number[]
    const shape = order.map((i) => x.shape[i])
    const strides = stridesOf(x.shape)
    const data = new Float64Array(x.data.length)
    forEachOffset(
      shape,
      order.map((i) => strides[i]),
      (i, offset) => {
        data[i] = x.data[offset]
      },
    )
    return { shape, data }
  },
}

/** Axes reordered: axis i of the result is axis `order[i]` of x. */
export function transpose(x: Node, order: readonly number[]): Node {
  return apply(transposeOp, [x], { order })
}
