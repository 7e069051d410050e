import type { z } from 'zod'
import { define } from '../../definition.ts'
import type { Node } from '../../graph/index.ts'
import type { MatrixRule, UpdateArrays, UpdateNodes } from './matrix-rule.ts'

export type { UpdateArrays, UpdateNodes }

/**
 * An elementwise optimiser, declared once as graph nodes and once as a loop; both round in the same order.
 *
 * Everything that changes from step to step is a scalar, so one compiled program serves a whole run and pieces of
 * any length.
 */
export interface Optimizer<Schema extends z.ZodObject = z.ZodObject> {
  readonly id: string
  readonly title: string
  readonly source: string
  readonly formula: string
  /** Knobs, each with a default and a description. */
  readonly schema: Schema
  /** State per parameter, f32, same size as the parameter, zero at the start. */
  readonly slots: readonly string[]
  /** Names of the scalars, in the order in which a program takes them. */
  readonly scalarNames: readonly string[]
  /**
   * The scalars of one step.
   *
   * @param learningRate of this step, after the schedule
   * @param step 1 for the first step
   */
  scalars(knobs: z.infer<Schema>, learningRate: number, step: number): Record<string, number>
  /** New parameter and slots, as nodes. Each old value is last read by the node that makes the new one. */
  update(x: UpdateNodes): { parameter: Node; slots: Record<string, Node> }
  /** The slow twin of `update`, in place. */
  updateArrays(x: UpdateArrays): void
  /**
   * Writes P: how far a step moves each weight for a unit of its direction d, so that the step is `−η·P·d` where learning
   * rate, momentum and weight decay are left aside. P may depend on d. Left out where a step is no such product, as a
   * sign or a whole matrix is not.
   *
   * @param x   as for `updateArrays`, of which nothing is changed; `gradient` is d
   * @param out `[n]` overwritten
   */
  preconditioner?(x: Omit<UpdateArrays, 'parameter'>, out: Float64Array): void
  /** Another rule for hidden matrices; left out: they are updated by element like the rest. */
  readonly matrix?: MatrixRule<Schema>
}

/** Declares an optimiser; the types of its knobs are those of its schema. */
export function defineOptimizer<Schema extends z.ZodObject>(
  declaration: Optimizer<Schema>,
): Optimizer<Schema> {
  return define('optimizer', declaration)
}
