import { apply, type Node } from '../node.ts'
import type { Op } from '../op.ts'
import { mul } from './arithmetic.ts'

/** 1 where |x| ≤ bound, else 0: the slope of `clip`. */
const withinOp: Op = {
  name: 'within',
  isElementwise: true,
  infer: ([x]) => x,
  gradient: () => [null],
  evaluate: (node, [x]) => ({
    shape: x.shape,
    data: x.data.map((v) => (Math.abs(v) <= (node.attributes.bound as number) ? 1 : 0)),
  }),
}

const clipOp: Op = {
  name: 'clip',
  isElementwise: true,
  infer: ([x]) => x,
  gradient: (node, g) => [mul(g, apply(withinOp, [node.inputs[0]], node.attributes))],
  evaluate(node, [x]) {
    const bound = node.attributes.bound as number
    return { shape: x.shape, data: x.data.map((v) => Math.min(Math.max(v, -bound), bound)) }
  },
}

/** min(max(x, −bound), bound); the gradient passes where |x| ≤ bound, as PyTorch's clamp does. */
export function clip(x: Node, bound: number): Node {
  return apply(clipOp, [x], { bound })
}
