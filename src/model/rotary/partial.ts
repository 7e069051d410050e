import { type Node, selectBlocks } from '../../graph/index.ts'
import { greatestCommonDivisor } from '../../math/greatest-common-divisor.ts'
import type { ConfigReader } from '../config-reader.ts'
import type { Rotary } from './rotary.ts'

/** How a head is laid out so that the rotation of whole heads turns only some of its components. */
export interface PartialRotary {
  /** Components that move together. */
  block: number
  /** `order[j]`: which block of the stored head stands in place j. */
  order: readonly number[]
  /** Of whole heads. */
  rotary: Rotary
}

/**
 * Rotary of the first components of each head, in pairs (i, i + turned/2).
 *
 * The rotary op pairs components half a head apart. Queries and keys reordered alike have the same products, so the
 * second half of the turned components moves to the middle of the head, and the rest turns by the angle 0.
 *
 * @param rotary of the components that turn
 */
export function partialRotary(headDim: number, rotary: Rotary): PartialRotary {
  const half = headDim / 2
  const turned = 2 * rotary.frequencies.length
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
    rotary: {
      ...rotary,
      frequencies: [...rotary.frequencies, ...new Array<number>(half - turned / 2).fill(0)],
    },
  }
}

/** So many heads of `[rows, heads*headDim]` from `first` on, `stride` apart, each in the order that rotary wants. */
export function turnableHeads(
  x: Node,
  { block, order }: PartialRotary,
  { count, first, stride = 1 }: { count: number; first: number; stride?: number },
): Node {
  const heads = Array.from({ length: count }, (_, head) =>
    order.map((i) => (first + head * stride) * order.length + i),
  )
  return selectBlocks(x, heads.flat(), block)
}

/** How many components of a head turn: a share of them, under the name that transformers 5 writes or an older one. */
export function readTurned(
  reader: ConfigReader,
  headDim: number,
  { key, share: unsaid }: { key: string; share: number },
): number {
  const told = reader.object('rope_parameters')?.partial_rotary_factor
  const share = typeof told === 'number' ? told : reader.number(key, unsaid)
  const turned = Math.floor(headDim * share)
  if (turned > 0 && turned <= headDim && turned % 2 === 0) return turned
  reader.reject(
    key,
    `a share that turns an even number of the ${headDim} components of a head`,
    share,
  )
  return headDim
}
