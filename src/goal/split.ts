import { permutation } from '../math/random.ts'

/** Places of rows by what they are for. */
export interface RowSplit {
  /** take part in training */
  readonly train: readonly number[]
  /** say at each look whether what stays is kept */
  readonly choose: readonly number[]
  /** are looked at before and after, and never in between */
  readonly report: readonly number[]
}

/** Rows from which on there are enough to keep some apart. */
export const leastRows = 10

/**
 * Splits rows at random: three fifths to train, a fifth to choose by, a fifth to report.
 *
 * A pure function of (count, seed). Of fewer than ten rows all train, and none is kept apart.
 */
export function splitRows(count: number, seed: number): RowSplit {
  const order = Array.from(permutation(seed, ['goal-split'], count))
  const apart = count < leastRows ? 0 : Math.round(count / 5)
  const part = (start: number, end: number) => order.slice(start, end).sort((a, b) => a - b)
  return {
    report: part(0, apart),
    choose: part(apart, 2 * apart),
    train: part(2 * apart, count),
  }
}
