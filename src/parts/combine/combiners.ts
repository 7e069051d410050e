import { augmentedLagrangian } from './augmented-lagrangian.ts'
import { balancedBilevel } from './balanced-bilevel.ts'
import { bilevel } from './bilevel.ts'
import type { Combiner } from './combiner.ts'
import { conflictProjection } from './conflict-projection.ts'
import { normalizedDifference } from './normalized-difference.ts'
import { primalDual } from './primal-dual.ts'
import { proximalLagrangian } from './proximal-lagrangian.ts'
import { stationaryForgetting } from './stationary-forgetting.ts'
import { weighted } from './weighted.ts'

/** Every combiner by its id. */
export const combiners: ReadonlyMap<string, Combiner> = new Map(
  [
    weighted,
    bilevel,
    balancedBilevel,
    normalizedDifference,
    conflictProjection,
    primalDual,
    augmentedLagrangian,
    proximalLagrangian,
    stationaryForgetting,
  ].map((combiner): [string, Combiner] => [combiner.id, combiner]),
)
