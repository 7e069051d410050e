import { apply, describe, type Node } from '../node.ts'
import type { Op } from '../op.ts'
import {
  bindShape,
  broadcastShapes,
  type Dim,
  formatShape,
  type Shape,
  ShapeError,
  sameShape,
  sizeOf,
} from '../shape.ts'
import { reshape } from './reshape.ts'
import { broadcastStrides, forEachOffset, stridesOf } from './strided.ts'

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
  // Runtimes take no axes for all of them.
  return reduced.length === 0 ? x : apply(sumOp, [x], { axes: reduced, keepDims })
}

const expandOp: Op = {
  name: 'expand',
  infer([x], { shape }) {
    const target = shape as Dim[]
    const together = broadcastShapes(x.shape, target)
    if (!together || !sameShape(together, target))
      throw new ShapeError(
        'expand',
        `a shape that ${describe(x)} broadcasts to`,
        formatShape(target),
      )
    return { shape: target, dtype: x.dtype }
  },
  gradient: (node, g) => [unbroadcast(g, node.inputs[0].shape)],
  evaluate(node, [x], bindings) {
    const shape = bindShape(node.shape, bindings)
    const data = new Float64Array(sizeOf(shape))
    forEachOffset(shape, broadcastStrides(x.shape, shape), (i, offset) => {
      data[i] = x.data[offset]
    })
    return { shape, data }
  },
}

/** Repeats along axes of length 1. */
export function expand(x: Node, shape: Shape): Node {
  return sameShape(x.shape, shape) ? x : apply(expandOp, [x], { shape })
}

/** Sums a gradient over the axes along which `shape` was broadcast. */
export function unbroadcast(gradient: Node, shape: Shape): Node {
  if (sameShape(gradient.shape, shape)) return gradient
  const offset = gradient.shape.length - shape.length
  const axes: number[] = []
  gradient.shape.forEach((dim, i) => {
    if (i < offset || (shape[i - offset] === 1 && dim !== 1)) axes.push(i)
  })
  const summed = axes.length > 0 ? sum(gradient, axes, true) : gradient
  return reshape(summed, shape)
}
