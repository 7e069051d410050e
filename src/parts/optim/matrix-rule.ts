import type { z } from 'zod'
import type { Node } from '../../graph/index.ts'

/** What an update sees in the graph: vectors of one length `[n]`, or matrices of one shape, and scalars `[]`, all f32. */
export interface UpdateNodes {
  readonly parameter: Node
  readonly gradient: Node
  readonly slots: Readonly<Record<string, Node>>
  readonly scalars: Readonly<Record<string, Node>>
}

/** The same in memory; `parameter` and `slots` are overwritten. */
export interface UpdateArrays {
  readonly parameter: Float32Array
  readonly gradient: Float32Array
  readonly slots: Readonly<Record<string, Float32Array>>
  readonly scalars: Readonly<Record<string, number>>
}

/**
 * The part of an optimiser whose unit is a whole matrix, as stored: `[rows, columns]`.
 *
 * It takes the hidden matrices (`hiddenMatrices`); everything else goes by the optimiser's elementwise update.
 */
export interface MatrixRule<Schema extends z.ZodObject = z.ZodObject> {
  /** State per matrix, f32, of its size, zero at the start; names other than those of the elementwise slots. */
  readonly slots: readonly string[]
  readonly scalarNames: readonly string[]
  /**
   * The scalars of one step.
   *
   * @param shape `[rows, columns]`
   */
  scalars(
    knobs: z.infer<Schema>,
    learningRate: number,
    step: number,
    shape: readonly [number, number],
  ): Record<string, number>
  /**
   * New parameter and slots, as nodes. Each old value is last read by the node that makes the new one.
   *
   * @param isTall whether there are more rows than columns
   */
  update(x: UpdateNodes, isTall: boolean): { parameter: Node; slots: Record<string, Node> }
  /** The slow twin of `update`, in place; products in float64. */
  updateArrays(x: UpdateArrays, shape: readonly [number, number]): void
}
