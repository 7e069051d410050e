import type { Node } from '../node.ts'
import { multiplyDims } from '../shape.ts'
import { scale } from './arithmetic.ts'
import { sum } from './reduce.ts'

/**
 * Mean over axes of fixed length.
 *
 * Means over `batch`, `seq` or `answers` do not exist here on purpose: padding and masks make them ambiguous, so
 * losses take explicit weights instead.
 */
export function mean(x: Node, axes: readonly number[], keepDims = false): Node {
  const count = multiplyDims(axes.map((axis) => x.shape[axis]))
  if (typeof count !== 'number')
    throw new Error(`internal: mean over the named axes ${count}; weigh explicitly instead`)
  return scale(sum(x, axes, keepDims), 1 / count)
}
