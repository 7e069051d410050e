import type { GradientEstimator } from './estimator.ts'
import { exact } from './exact.ts'
import { hybrid } from './hybrid.ts'
import { zerothOrder } from './zeroth-order.ts'

const all = [exact, zerothOrder, hybrid]

/** Every way to find gradients by its id. */
export const estimators: ReadonlyMap<string, GradientEstimator> = new Map(
  all.map((each): [string, GradientEstimator] => [each.id, each]),
)
