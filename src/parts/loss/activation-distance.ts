import { addScalar, div, mul, type Node, scale, sub, sum } from '../../graph/index.ts'
import type { LossContext } from './loss.ts'
import { tinyLength } from './tiny-length.ts'

/**
 * How far activations are from a target: `(1/B) Σ_b (1/n_b) Σ_t (1/d)·‖h_t − target_t‖²`.
 *
 * @param target `[answers, dim]` or `[dim]`
 * @param released the mean of the sums times the mean of 1/n instead, as open-unlearning's broadcast has it, over each
 *   micro-batch
 */
export function activationDistance(
  context: LossContext,
  activations: Node,
  target: Node,
  released = false,
): Node {
  const gap = sub(activations, target)
  const perToken = scale(sum(mul(gap, gap), [1]), 1 / context.dim)
  const sums = context.sequenceSum(perToken)
  const weight = context.sequenceWeight()
  const length = addScalar(context.sequenceLength(), tinyLength)
  if (!released) return sum(mul(weight, div(sums, length)))
  return mul(sum(mul(weight, sums)), sum(div(weight, length)))
}
