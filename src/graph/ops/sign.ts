import { apply, type Node } from '../node.ts'
import type { Op } from '../op.ts'

const signOp: Op = {
  name: 'sign',
  isElementwise: true,
  infer: ([x]) => x,
  evaluate: (_, [x]) => ({ shape: x.shape, data: x.data.map(Math.sign) }),
}

/** −1, 0 or 1. It has no gradient: for updates, not for losses. */
export function sign(x: Node): Node {
  return apply(signOp, [x])
}
