import { mul, type Node, stopGradient, sum } from '../../graph/index.ts'
import type { LossContext } from './loss.ts'

/** `(1/N) Σ_t sg(weight_t)·log p(y_t)`: gradient ascent with a factor per token, `[answers]`, through which nothing flows. */
export function weightedAscent(context: LossContext, weight: Node): Node {
  return sum(mul(context.tokenWeight(), mul(stopGradient(weight), context.logProb())))
}
