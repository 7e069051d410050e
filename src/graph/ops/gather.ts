import { apply, describe, type Node } from '../node.ts'
import type { Op } from '../op.ts'
import {
  bindShape,
  type Dim,
  formatShape,
  type Shape,
  ShapeError,
  sameShape,
  sizeOf,
} from '../shape.ts'

function inferRows([table, rows]: readonly Node[], what: string) {
  if (table.shape.length !== 2 || rows.shape.length !== 1 || rows.dtype !== 'i32')
    throw new ShapeError(
      what,
      '[rows, dim] and row numbers [count] i32',
      `${describe(table)}, ${describe(rows)}`,
    )
  return { shape: [rows.shape[0], table.shape[1]], dtype: table.dtype }
}

/** The runtime refuses these too. */
function requireInRange(index: number, length: number): void {
  if (index < 0 || index >= length) throw new Error(`internal: index ${index} of ${length}`)
}

const evaluateRows: Op['evaluate'] = (_, [table, rows]) => {
  const width = table.shape[1]
  const data = new Float64Array(rows.data.length * width)
  rows.data.forEach((row, i) => {
    requireInRange(row, table.shape[0])
    data.set(table.data.subarray(row * width, (row + 1) * width), i * width)
  })
  return { shape: [rows.data.length, width], data }
}

const embeddingOp: Op = {
  name: 'embedding',
  infer: (inputs) => inferRows(inputs, 'embedding'),
  gradient: (node, g) => [{ indices: node.inputs[1], values: g }, null],
  evaluate: evaluateRows,
}

/**
 * Rows of a weight by token number; numbers may repeat, so the gradient is a row update done by the host.
 *
 * @param weight `[vocab, dim]` f32
 * @param tokens `[count]` i32
 * @returns `[count, dim]`
 */
export function embedding(weight: Node, tokens: Node): Node {
  return apply(embeddingOp, [weight, tokens])
}

const gatherRowsOp: Op = {
  name: 'gatherRows',
  infer: (inputs) => inferRows(inputs, 'gatherRows'),
  gradient: (node, g) => [scatterRows(g, node.inputs[1], node.inputs[0].shape), null],
  evaluate: evaluateRows,
}

/** Chosen rows of a matrix. Row numbers must be unique: the gradient writes each row once. */
export function gatherRows(x: Node, rows: Node): Node {
  return apply(gatherRowsOp, [x, rows])
}

const scatterRowsOp: Op = {
  name: 'scatterRows',
  infer: ([x], { shape }) => ({ shape: shape as Shape, dtype: x.dtype }),
  gradient: (node, g) => [gatherRows(g, node.inputs[1]), null],
  evaluate(node, [x, rows], bindings) {
    const shape = bindShape(node.shape, bindings)
    const data = new Float64Array(sizeOf(shape))
    const width = shape[1]
    rows.data.forEach((row, i) => {
      data.set(x.data.subarray(i * width, (i + 1) * width), row * width)
    })
    return { shape, data }
  },
}

/** A matrix of zeros with the given rows written in; row numbers must be unique. */
export function scatterRows(x: Node, rows: Node, shape: readonly Dim[]): Node {
  return apply(scatterRowsOp, [x, rows], { shape })
}

/** One i32 label per row of a matrix. */
export function requireLabels(what: string, rows: Node, labels: Node): void {
  const expected = rows.shape.slice(0, 1)
  if (!sameShape(labels.shape, expected) || labels.dtype !== 'i32')
    throw new ShapeError(
      `${what} labels`,
      `${formatShape(expected)} i32`,
      `${formatShape(labels.shape)} ${labels.dtype}`,
    )
}

const pickLabelsOp: Op = {
  name: 'pickLabels',
  infer([x, labels]) {
    requireLabels('pickLabels', x, labels)
    return { shape: [x.shape[0]], dtype: x.dtype }
  },
  gradient: (node, g) => [spreadLabels(g, node.inputs[1], node.inputs[0].shape), null],
  evaluate(_, [x, labels]) {
    const width = x.shape[1]
    const pick = (label: number, i: number) => {
      requireInRange(label, width)
      return x.data[i * width + label]
    }
    return { shape: [x.shape[0]], data: labels.data.map(pick) }
  },
}

/**
 * One entry of each row: result[i] = x[i, labels[i]].
 *
 * @param x      `[answers, vocab]` f32
 * @param labels `[answers]` i32
 */
export function pickLabels(x: Node, labels: Node): Node {
  return apply(pickLabelsOp, [x, labels])
}

const spreadLabelsOp: Op = {
  name: 'spreadLabels',
  infer([x, labels], { shape }) {
    requireLabels('spreadLabels', x, labels)
    return { shape: shape as Shape, dtype: x.dtype }
  },
  gradient: (node, g) => [pickLabels(g, node.inputs[1]), null],
  evaluate(node, [x, labels], bindings) {
    const shape = bindShape(node.shape, bindings)
    const data = new Float64Array(sizeOf(shape))
    labels.data.forEach((label, i) => {
      data[i * shape[1] + label] = x.data[i]
    })
    return { shape, data }
  },
}

/** The opposite of `pickLabels`: zeros but for x[i] at column labels[i] of row i. */
export function spreadLabels(x: Node, labels: Node, shape: readonly Dim[]): Node {
  return apply(spreadLabelsOp, [x, labels], { shape })
}
