import { apply, describe, type Node } from '../node.ts'
import type { Op, Value } from '../op.ts'
import { bindShape, broadcastShapes, ShapeError, sizeOf } from '../shape.ts'
import { unbroadcast } from './reduce.ts'
import { broadcastStrides, forEachOffset } from './strided.ts'

interface BinaryRule {
  compute(a: number, b: number): number
  gradient(a: Node, b: Node, node: Node, upstream: Node): [() => Node, () => Node]
}

function binary(name: string, rule: BinaryRule): (a: Node, b: Node) => Node {
  const op: Op = {
    name,
    isElementwise: true,
    infer([a, b]) {
      if (a.dtype !== b.dtype)
        throw new ShapeError(name, `${a.dtype} as ${describe(a)} is`, `${b.dtype} ${describe(b)}`)
      const shape = broadcastShapes(a.shape, b.shape)
      if (!shape)
        throw new ShapeError(name, `a shape that broadcasts with ${describe(a)}`, describe(b))
      return { shape, dtype: a.dtype }
    },
    gradient(node, upstream, needed) {
      const [a, b] = node.inputs
      const [forA, forB] = rule.gradient(a, b, node, upstream)
      return [
        needed[0] ? unbroadcast(forA(), a.shape) : null,
        needed[1] ? unbroadcast(forB(), b.shape) : null,
      ]
    },
    evaluate(node, [a, b], bindings): Value {
      const shape = bindShape(node.shape, bindings)
      const data = new Float64Array(sizeOf(shape))
      const offsets = new Int32Array(data.length)
      forEachOffset(shape, broadcastStrides(a.shape, shape), (i, offset) => {
        offsets[i] = offset
      })
      forEachOffset(shape, broadcastStrides(b.shape, shape), (i, offset) => {
        data[i] = rule.compute(a.data[offsets[i]], b.data[offset])
      })
      return { shape, data }
    },
  }
  return (a, b) => apply(op, [a, b])
}

/** Elementwise sum with broadcasting. */
export const add = binary('add', {
  compute: (a, b) => a + b,
  gradient: (_, __, ___, g) => [() => g, () => g],
})

/** Elementwise difference with broadcasting. */
export const sub = binary('sub', {
  compute: (a, b) => a - b,
  gradient: (_, __, ___, g) => [() => g, () => neg(g)],
})

/** Elementwise product with broadcasting. */
export const mul = binary('mul', {
  compute: (a, b) => a * b,
  gradient: (a, b, _, g) => [() => mul(g, b), () => mul(g, a)],
})

/** Elementwise quotient with broadcasting. */
export const div = binary('div', {
  compute: (a, b) => a / b,
  gradient: (_, b, node, g) => [() => div(g, b), () => neg(div(mul(g, node), b))],
})

interface UnaryRule {
  compute(x: number): number
  /** Gradient from the input, the result and the upstream gradient. */
  gradient(x: Node, result: Node, upstream: Node): Node
}

/** Makes an elementwise function of one argument. */
export function unary(name: string, rule: UnaryRule): (x: Node) => Node {
  const op: Op = {
    name,
    isElementwise: true,
    infer: ([x]) => x,
    gradient: (node, g) => [rule.gradient(node.inputs[0], node, g)],
    evaluate: (_, [x]) => ({ shape: x.shape, data: x.data.map(rule.compute) }),
  }
  return (x) => apply(op, [x])
}

/** −x. */
export const neg = unary('neg', { compute: (x) => -x, gradient: (_, __, g) => neg(g) })

/** eˣ. */
export const exp = unary('exp', {
  compute: Math.exp,
  gradient: (_, y, g) => mul(g, y),
})

/** ln x; −Infinity at 0. For log-probabilities use `logSoftmax`, `logSigmoid`. */
export const log = unary('log', {
  compute: Math.log,
  gradient: (x, _, g) => div(g, x),
})

/** √x. */
export const sqrt = unary('sqrt', {
  compute: Math.sqrt,
  gradient: (_, y, g) => scale(div(g, y), 0.5),
})

/** x². */
export function square(x: Node): Node {
  return mul(x, x)
}

/** A factor or an offset that is fixed in the graph. */
function withNumber(
  name: string,
  compute: (x: number, by: number) => number,
  gradient: (g: Node, by: number) => Node,
): (x: Node, by: number) => Node {
  const op: Op = {
    name,
    isElementwise: true,
    infer: ([x]) => x,
    gradient: (node, g) => [gradient(g, node.attributes.by as number)],
    evaluate: (node, [x]) => ({
      shape: x.shape,
      data: x.data.map((value) => compute(value, node.attributes.by as number)),
    }),
  }
  return (x, by) => apply(op, [x], { by })
}

/** x · by, `by` a number. */
export const scale = withNumber(
  'scale',
  (x, by) => x * by,
  (g, by) => scale(g, by),
)

/** x + by, `by` a number. */
export const addScalar = withNumber(
  'addScalar',
  (x, by) => x + by,
  (g) => g,
)
