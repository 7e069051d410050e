import { apply, type DType, type Node } from '../node.ts'
import type { Op } from '../op.ts'
import { type Shape, sizeOf } from '../shape.ts'

const sourceOp = (name: string): Op => ({
  name,
  isSource: true,
  infer: (_, { shape, dtype }) => ({ shape: shape as Shape, dtype: dtype as DType }),
  evaluate() {
    throw new Error(`internal: ${name} is supplied by the engine`)
  },
})

const inputOp = sourceOp('input')

/** A value given at each run, by name. */
export function input(name: string, shape: Shape, dtype: DType = 'f32'): Node {
  return apply(inputOp, [], { name, shape, dtype })
}

/** A weight: an input that is usually differentiated for. Weights are inputs so that they are never copied. */
export function parameter(name: string, shape: Shape): Node {
  return input(name, shape, 'f32')
}

const constantOp: Op = {
  name: 'constant',
  infer: (_, { data, shape }) => ({
    shape: shape as Shape,
    dtype: data instanceof Int32Array ? 'i32' : 'f32',
  }),
  evaluate: (node) => ({
    shape: node.shape as number[],
    data: Float64Array.from(node.attributes.data as Float32Array),
  }),
}

/** A value fixed in the graph. */
export function constant(data: Float32Array | Int32Array, shape: readonly number[]): Node {
  if (data.length !== sizeOf(shape))
    throw new Error(`internal: constant of shape [${shape}] given ${data.length} elements`)
  return apply(constantOp, [], { data, shape })
}

const stopGradientOp: Op = {
  name: 'stopGradient',
  isView: true,
  infer: ([x]) => x,
  gradient: () => [null],
  evaluate: (_, [x]) => x,
}

/** The value itself, through which no gradient flows. */
export function stopGradient(x: Node): Node {
  return apply(stopGradientOp, [x])
}

const partOp: Op = {
  name: 'part',
  isView: true,
  infer: (_, { shape, dtype }) => ({ shape: shape as Shape, dtype: dtype as DType }),
  selects: (node) => node.attributes.index as number,
  evaluate: (_, [x]) => x,
}

/** One output, after the first, of an op that has several. */
export function part(of: Node, index: number, shape: Shape, dtype: DType = 'f32'): Node {
  return apply(partOp, [of], { index, shape, dtype })
}
