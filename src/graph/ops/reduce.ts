import { apply, type Node } from '../node.ts'
import type { Op } from '../op.ts'
import { bindShape, type Dim, multiplyDims, sizeOf } from '../shape.ts'
import { scale } from './arithmetic.ts'
import { expand, reshape } from './reshape.ts'
import { forEachOffset, stridesOf } from './strided.ts'

const sumOp: Op = {
  name: 'sum',
  infer([x], { axes, keepDims }) {
    const reduced = axes as number[]
    const shape = keepDims
      ? x.shape.map((dim, i) => (reduced.includes(i) ? 1 : dim))
      : x.shape.filter((_, i) => !reduced.includes(i))
    return { shape, dtype: x.dtype }
  },
  gradient(node, g) {
    const [x] = node.inputs
    const kept = keptShape(node)
    return [expand(reshape(g, kept), x.shape)]
  },
  lower: (to, node, [x]) =>
    to.emit('ReduceSum', [x, to.ints(node.attributes.axes as number[])], {
      keepdims: { int: node.attributes.keepDims ? 1 : 0 },
    }),
  evaluate(node, [x], bindings) {
    const shape = bindShape(node.shape, bindings)
    const data = new Float64Array(sizeOf(shape))
    const kept = bindShape(keptShape(node), bindings)
    const strides = stridesOf(kept).map((stride, i) => (kept[i] === 1 ? 0 : stride))
    forEachOffset(x.shape, strides, (i, offset) => {
      data[offset] += x.data[i]
    })
    return { shape, data }
  },
}

function keptShape(node: Node): Dim[] {
  const axes = node.attributes.axes as number[]
  return node.inputs[0].shape.map((dim, i) => (axes.includes(i) ? 1 : dim))
}

/** Σ over the given axes (all of them by default). */
export function sum(x: Node, axes?: readonly number[], keepDims = false): Node {
  const reduced = axes ?? x.shape.map((_, i) => i)
  // ONNX's ReduceSum takes no axes for all of them.
  return reduced.length === 0 ? x : apply(sumOp, [x], { axes: reduced, keepDims })
}

/**
 * Mean over axes of fixed length.
 *
 * Means over `batch`, `seq` or `answers` do not exist here on purpose: padding and masks make them ambiguous, so
 * losses take explicit weights instead.
 */
export function mean(x: Node, axes: readonly number[], keepDims = false): Node {
  const count = multiplyDims(axes.map((axis) => x.shape[axis]))
  if (typeof count !== 'number')
    throw new Error(`internal: mean over the named axes ${count}; weigh explicitly instead`)
  return scale(sum(x, axes, keepDims), 1 / count)
}
