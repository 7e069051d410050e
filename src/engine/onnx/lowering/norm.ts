import type { Lowering } from './lowering.ts'

const inverseRms: Lowering = (to, node, [x]) => {
  const meanSquare = to.emit('ReduceMean', [to.emit('Mul', [x, x]), to.ints([1])], {
    keepdims: { int: 1 },
  })
  const shifted = to.emit('Add', [meanSquare, to.float(node.attributes.epsilon as number)])
  return to.emit('Reciprocal', [to.emit('Sqrt', [shifted])])
}

export const norm: Readonly<Record<string, Lowering>> = {
  inverseRms,
  rmsNorm: (to, _, [x, weight, inverse]) => to.emit('Mul', [to.emit('Mul', [x, inverse]), weight]),
}
