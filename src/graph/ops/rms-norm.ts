import { apply, describe, type Node } from '../node.ts'
import type { Op } from '../op.ts'
import { bindShape, formatShape, ShapeError, sizeOf } from '../shape.ts'
import { mul, sub } from './arithmetic.ts'
import { matmul } from './matmul.ts'
import { sum } from './reduce.ts'
import { reshape } from './reshape.ts'

/** 1 / √(mean x² + ε) per row, shared by the value and its gradient. */
const inverseRmsOp: Op = {
  name: 'inverseRms',
  infer: ([x]) => ({ shape: [x.shape[0], 1], dtype: x.dtype }),
  evaluate(node, [x], bindings) {
    const shape = bindShape(node.shape, bindings)
    const width = x.shape[1]
    const data = new Float64Array(sizeOf(shape))
    for (let row = 0; row < data.length; row++) {
      let total = 0
      for (let i = row * width; i < (row + 1) * width; i++) total += x.data[i] * x.data[i]
      data[row] = 1 / Math.sqrt(total / width + (node.attributes.epsilon as number))
    }
    return { shape, data }
  },
}

const rmsNormOp: Op = {
  name: 'rmsNorm',
  isElementwise: true,
  infer([x, weight]) {
    if (x.shape.length !== 2 || weight.shape.length !== 1 || weight.shape[0] !== x.shape[1])
      throw new ShapeError('rmsNorm weight', formatShape([x.shape[1]]), describe(weight))
    return x
  },
  gradient(node, g, needed) {
    const [x, weight, inverse] = node.inputs
    const width = x.shape[1] as number
    const normalised = mul(x, inverse)
    const weighted = mul(g, normalised)
    const forX = () => {
      const projection = matmul(weighted, reshape(weight, [width, 1]), { alpha: 1 / width })
      return mul(sub(mul(g, weight), mul(normalised, projection)), inverse)
    }
    return [needed[0] ? forX() : null, needed[1] ? sum(weighted, [0]) : null, null]
  },
  evaluate(_, [x, weight, inverse]) {
    const width = x.shape[1]
    return {
      shape: x.shape,
      data: x.data.map((v, i) => v * inverse.data[Math.floor(i / width)] * weight.data[i % width]),
    }
  },
}

/**
 * Root-mean-square normalisation: `y = x / √(mean x² + ε) · weight` along the last axis.
 *
 * @param x      `[rows, dim]` f32
 * @param weight `[dim]` f32
 */
export function rmsNorm(x: Node, weight: Node, epsilon: number): Node {
  return apply(rmsNormOp, [x, weight, apply(inverseRmsOp, [x], { epsilon })])
}
