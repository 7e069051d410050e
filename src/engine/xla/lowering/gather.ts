import type { Emitter, Value } from '../emitter.ts'
import type { Lowering } from './lowering.ts'

/**
 * `[rows, columns]`: where a column is the row's label. A comparison instead of a gather: it becomes part of what is around it, is
 * the same every time, and needs no exchange where columns lie on several devices.
 */
export function atLabels(to: Emitter, labels: Value, columns: number): Value {
  const shape = [labels.shape[0], columns]
  return to.compare('EQ', to.iota(shape, 1), to.broadcast(labels, shape, [0]))
}

/** `[rows]`: the entry of each row at its label. */
export function pick(to: Emitter, x: Value, labels: Value): Value {
  const there = atLabels(to, labels, x.shape[1])
  return to.reduce('add', to.select(there, x, to.number(0, x.dtype)), [1])
}

const argMax: Lowering = (to, [x]) => {
  const columns = x.shape[1]
  const isLargest = to.compare('EQ', x, to.reduce('maximum', x, [1], true))
  const place = to.select(isLargest, to.iota(x.shape, 1), to.number(columns - 1, 'i32'))
  return to.reduce('minimum', place, [1])
}

const spreadLabels: Lowering = (to, [x, labels], _, shape) =>
  to.select(atLabels(to, labels, shape[1]), to.broadcast(x, shape, [0]), to.number(0, x.dtype))

/** Rows and entries by number. */
export const gather: Readonly<Record<string, Lowering>> = {
  embedding: (to, [table, rows]) => to.rows(table, rows),
  gatherRows: (to, [x, rows]) => to.rows(x, rows),
  scatterRows: (to, [x, rows], _, shape) => to.setRows(to.number(0, x.dtype, shape), rows, x),
  pickLabels: (to, [x, labels]) => pick(to, x, labels),
  spreadLabels,
  argMax,
}
