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

/** x − ln Σ eˣ of a row, through x − max x, so that nothing is lost where all are far from zero. */
export function logSoftmaxRow(row: Float64Array): Float64Array {
  let max = -Infinity
  for (const x of row) if (x > max) max = x
  let total = 0
  for (const x of row) total += Math.exp(x - max)
  const surplus = Math.log(total)
  return row.map((x) => x - max - surplus)
}

const softmaxOp: Op = {
  name: 'softmax',
  isElementwise: true,
  infer: ([x]) => x,
  gradient(node, g) {
    const weighted = mul(g, node)
    return [sub(weighted, mul(node, sum(weighted, [node.shape.length - 1], true)))]
  },
  evaluate: (_, [x]) => byRow(x, (row, out) => out.set(logSoftmaxRow(row).map(Math.exp))),
}

/**
 * eˣ / Σ eˣ along the last axis.
 *
 * Numerics: the row maximum is subtracted first. Masks are large negative numbers, not −∞: a fully masked row then
 * gives finite numbers instead of NaN (in float32 the uniform distribution, where −1e9 swallows the scores).
 */
export function softmax(x: Node): Node {
  return apply(softmaxOp, [x])
}

const logSoftmaxOp: Op = {
  name: 'logSoftmax',
  isElementwise: true,
  infer: ([x]) => x,
  gradient: (node, g) => [
    sub(g, mul(softmax(node.inputs[0]), sum(g, [node.shape.length - 1], true))),
  ],
  evaluate: (_, [x]) => byRow(x, (row, out) => out.set(logSoftmaxRow(row))),
}

/** x − ln Σ eˣ along the last axis, never through ln(softmax). */
export function logSoftmax(x: Node): Node {
  return apply(logSoftmaxOp, [x])
}
