import { apply, describe, type Node } from '../node.ts'
import type { Op } from '../op.ts'
import { ShapeError } from '../shape.ts'
import { pickLabels } from './gather.ts'

const argMaxOp: Op = {
  name: 'argMax',
  infer([x]) {
    if (x.shape.length !== 2) throw new ShapeError('argMax', '[rows, columns]', describe(x))
    return { shape: [x.shape[0]], dtype: 'i32' }
  },
  evaluate(_, [x]) {
    const [rows, width] = x.shape
    const data = new Float64Array(rows)
    for (let i = 0; i < rows; i++) {
      const row = x.data.subarray(i * width, (i + 1) * width)
      data[i] = row.indexOf(row.reduce((most, value) => Math.max(most, value), -Infinity))
    }
    return { shape: [rows], data }
  },
}

/** `[rows]` i32: the column of the largest entry of each row, the first where there are several. No gradient. */
export function argMax(x: Node): Node {
  return apply(argMaxOp, [x])
}

/** `[rows]`: the largest entry of each row; its gradient goes to the first entry that is as large. */
export function rowMax(x: Node): Node {
  return pickLabels(x, argMax(x))
}
