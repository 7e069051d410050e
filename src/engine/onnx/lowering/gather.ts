import { elementTypes, type Lowering, named } from './lowering.ts'

const scatterRows: Lowering = (to, node, [x, rows]) => {
  const zeros = to.emit('ConstantOfShape', [to.shape(node.shape)])
  const indices = to.emit('Unsqueeze', [
    to.emit('Cast', [rows], { to: { int: elementTypes.i64 } }),
    to.ints([1]),
  ])
  return to.emit('ScatterND', [zeros, indices, x])
}

const pickLabels: Lowering = (to, _, [x, labels]) => {
  const column = to.emit('Unsqueeze', [labels, to.ints([1])])
  return to.emit('Squeeze', [
    to.emit('GatherElements', [x, column], { axis: { int: 1 } }),
    to.ints([1]),
  ])
}

const spreadLabels: Lowering = (to, node, [x, labels]) => {
  const zeros = to.emit('ConstantOfShape', [to.shape(node.shape)])
  const column = (name: string) => to.emit('Unsqueeze', [name, to.ints([1])])
  return to.emit('ScatterElements', [zeros, column(labels), column(x)], { axis: { int: 1 } })
}

const argMax: Lowering = (to, _, inputs) => {
  const places = to.emit('ArgMax', inputs, { axis: { int: 1 }, keepdims: { int: 0 } })
  return to.emit('Cast', [places], { to: { int: elementTypes.i32 } })
}

/** Rows and entries by number. */
export const gather: Readonly<Record<string, Lowering>> = {
  embedding: named('Gather', { axis: { int: 0 } }),
  gatherRows: named('Gather', { axis: { int: 0 } }),
  scatterRows,
  pickLabels,
  spreadLabels,
  argMax,
}
