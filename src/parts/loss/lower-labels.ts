import { addScalar, type Node, scale, spreadLabels, sub } from '../../graph/index.ts'
import type { LossContext } from './loss.ts'

/** `[answers, vocab]`: x with the entry of each row's label lowered by a number. */
export function lowerLabels(context: LossContext, x: Node, by: number): Node {
  const amount = addScalar(scale(context.tokenWeight(), 0), by)
  return sub(x, spreadLabels(amount, context.labels(), x.shape))
}
