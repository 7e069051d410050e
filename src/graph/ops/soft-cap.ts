import type { Node } from '../node.ts'
import { gateTanh } from './activation.ts'
import { scale } from './arithmetic.ts'

/** cap · tanh(x / cap): x near 0, within ± cap everywhere. */
export function softCap(x: Node, cap: number): Node {
  return scale(gateTanh(scale(x, 1 / cap)), cap)
}
