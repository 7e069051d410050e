import type { Lowering } from './lowering.ts'

const reshape: Lowering = (to, node, [x]) => {
  const named = node.shape.filter((dim) => typeof dim === 'string').length
  const target =
    named <= 1
      ? to.ints(node.shape.map((dim) => (typeof dim === 'string' ? -1 : dim)))
      : to.shape(node.shape)
  return to.emit('Reshape', [x, target])
}

const sum: Lowering = (to, node, [x]) =>
  to.emit('ReduceSum', [x, to.ints(node.attributes.axes as number[])], {
    keepdims: { int: node.attributes.keepDims ? 1 : 0 },
  })

const selectBlocks: Lowering = (to, node, [x]) => {
  const order = node.attributes.order as number[]
  const blocks = node.inputs[0].shape[1] as number
  // One block of zeros behind the others stands for −1.
  const source = order.includes(-1)
    ? to.emit('Pad', [x, to.ints([0, 1]), to.float(0), to.ints([1])])
    : x
  const indices = to.ints(order.map((block) => (block < 0 ? blocks : block)))
  return to.emit('Gather', [source, indices], { axis: { int: 1 } })
}

/** Sums along axes and changes of shape. */
export const shape: Readonly<Record<string, Lowering>> = {
  sum,
  reshape,
  transpose: (to, node, [x]) =>
    to.emit('Transpose', [x], { perm: { ints: node.attributes.order as number[] } }),
  expand: (to, node, [x]) => to.emit('Expand', [x, to.shape(node.shape)]),
  selectBlocks,
}
