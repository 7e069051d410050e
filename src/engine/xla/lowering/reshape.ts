import type { Lowering } from './lowering.ts'

const selectBlocks: Lowering = (to, [x], { order }) => {
  const [rows, , width] = x.shape
  const blocks = (order as number[]).map((block) =>
    block < 0 ? to.number(0, x.dtype, [rows, 1, width]) : to.slice(x, 1, block, block + 1),
  )
  return to.concatenate(blocks, 1)
}

/** Sums along axes and changes of shape. */
export const shape: Readonly<Record<string, Lowering>> = {
  sum: (to, [x], { axes, keepDims }) => to.reduce('add', x, axes as number[], Boolean(keepDims)),
  reshape: (to, [x], _, shape) => to.reshape(x, shape),
  transpose: (to, [x], { order }) => to.transpose(x, order as number[]),
  expand: (to, [x], _, shape) => to.broadcast(x, shape),
  selectBlocks,
}
