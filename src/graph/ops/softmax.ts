import { apply, type Node } from '../node.ts'
import type { Op, Value } from '../op.ts'
import { mul, sub } from './arithmetic.ts'
import { sum } from './reduce.ts'

/** Maps each row along the last axis. */
function byRow(x: Value, map: (row: Float64Array, out: Float64Array) => void): Value {
  const width = x.shape[x.shape.length - 1]
  const data = new Float64Array(x.data.length)
  for (let start = 0; start < data.length; start += width)
    map(x.data.subarray(start, start + width), data.subarray(start, start + width))
  return { shape: x.shape, data }
}

/** ln Σ eˣ of a row. */
export function logSumExp(row: Float64Array): number {
  let max = -Infinity
  for (const x of row) if (x > max) max = x
  if (max === -Infinity) return -Infinity
  let total = 0
  for (const x of row) total += Math.exp(x - max)
  return max + Math.log(total)
}

const softmaxOp: Op = {
  name: 'softmax',
  infer: ([x]) => x,
  gradient(node, g) {
    const weighted = mul(g, node)
    return [sub(weighted, mul(node, sum(weighted, [node.shape.length - 1], true)))]
  },
  lower: (to, _, inputs) => to.emit('Softmax', inputs, { axis: { int: -1 } }),
  evaluate: (_, [x]) =>
    byRow(x, (row, out) => {
      const total = logSumExp(row)
      row.forEach((v, i) => {
        out[i] = Math.exp(v - total)
      })
    }),
}

/**
 * eˣ / Σ eˣ along the last axis.
 *
 * Numerics: the row maximum is subtracted first. Masks are large negative numbers, not −∞: a fully masked row then
 * gives the uniform distribution instead of NaN.
 */
export function softmax(x: Node): Node {
  return apply(softmaxOp, [x])
}

const logSoftmaxOp: Op = {
  name: 'logSoftmax',
  infer: ([x]) => x,
  gradient: (node, g) => [
    sub(g, mul(softmax(node.inputs[0]), sum(g, [node.shape.length - 1], true))),
  ],
  lower: (to, _, inputs) => to.emit('LogSoftmax', inputs, { axis: { int: -1 } }),
  evaluate: (_, [x]) =>
    byRow(x, (row, out) => {
      const total = logSumExp(row)
      row.forEach((v, i) => {
        out[i] = v - total
      })
    }),
}

/** x − ln Σ eˣ along the last axis, never through ln(softmax). */
export function logSoftmax(x: Node): Node {
  return apply(logSoftmaxOp, [x])
}
