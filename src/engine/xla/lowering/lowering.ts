import type { Attributes } from '../../../graph/op.ts'
import type { Emitter, Value } from '../emitter.ts'

/**
 * Writes one op as StableHLO.
 *
 * @param inputs the op's inputs; of one with several results, the first
 * @param shape  of the result in this program
 * @returns the result; of an op with several, each
 */
export type Lowering = (
  to: Emitter,
  inputs: readonly Value[],
  attributes: Attributes,
  shape: readonly number[],
) => Value | readonly Value[]

/** The lowering of an elementwise op of one, which StableHLO has. */
export const unary =
  (op: string): Lowering =>
  (to, [x]) =>
    to.same(op, x)

/** The lowering of an elementwise op of two, which StableHLO has. */
export const binary =
  (op: string): Lowering =>
  (to, [a, b]) =>
    to.binary(op, a, b)
