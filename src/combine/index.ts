import { augmentedLagrangian } from './augmented-lagrangian.ts'
import { bilevel } from './bilevel.ts'
import type { Combiner } from './combiner.ts'
import { conflictProjection } from './conflict-projection.ts'
import { normalizedDifference } from './normalized-difference.ts'
import { primalDual } from './primal-dual.ts'
import { proximalLagrangian } from './proximal-lagrangian.ts'
import { sharpness } from './sharpness.ts'
import { stationaryForgetting } from './stationary-forgetting.ts'
import { weighted } from './weighted.ts'

export type { Combiner, CombinerInput, CombinerState, StepLosses } from './combiner.ts'
export { type Coefficients, combineGradients, directionNorm } from './direction.ts'
export { gradientsOf } from './gradients-of.ts'
export {
  addGrams,
  type Gram,
  gradientCosine,
  gramOf,
  gramOfPair,
  squaredNorm,
  zeroGram,
} from './gram.ts'
export type { GradientField, Refinement } from './refinement.ts'
export {
  augmentedLagrangian,
  bilevel,
  conflictProjection,
  normalizedDifference,
  primalDual,
  proximalLagrangian,
  sharpness,
  stationaryForgetting,
  weighted,
}

/** Every combiner by its id. */
export const combiners: ReadonlyMap<string, Combiner> = new Map(
  [
    weighted,
    bilevel,
    normalizedDifference,
    conflictProjection,
    primalDual,
    augmentedLagrangian,
    proximalLagrangian,
    stationaryForgetting,
  ].map((combiner): [string, Combiner] => [combiner.id, combiner]),
)
