import { greatestCommonDivisor } from '../math/greatest-common-divisor.ts'
import { type RotaryConfig, rotaryFrequencies } from './rotary-tables.ts'

/** How a head is laid out so that the rotation of whole heads turns only some of its components. */
export interface PartialRotary {
  /** Components that move together. */
  block: number
  /** `order[j]`: which block of the stored head stands in place j. */
  order: readonly number[]
  /** headDim / 2 frequencies, 0 where nothing turns. */
  frequencies: readonly number[]
}

/**
 * Rotary of the first `turned` components of each head, in pairs (i, i + turned/2).
 *
 * The rotary op pairs components half a head apart. Queries and keys reordered alike have the same products, so the
 * second half of the turned components moves to the middle of the head, and the rest turns by the angle 0.
 */
export function partialRotary(
  headDim: number,
  turned: number,
  config: RotaryConfig,
): PartialRotary {
  const half = headDim / 2
  const block = greatestCommonDivisor(turned / 2, half - turned / 2)
  const range = (from: number, to: number) =>
    Array.from({ length: (to - from) / block }, (_, i) => from / block + i)
  const middle = turned + half - turned / 2
  return {
    block,
    order: [
      ...range(0, turned / 2),
      ...range(turned, middle),
      ...range(turned / 2, turned),
      ...range(middle, headDim),
    ],
    frequencies: [
      ...rotaryFrequencies(turned, config),
      ...new Array<number>(half - turned / 2).fill(0),
    ],
  }
}
