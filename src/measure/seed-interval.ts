import { studentQuantile } from '../math/student-t.ts'
import type { Interval } from '../metric/index.ts'

/**
 * A 95 % interval of the difference between two methods, each trained with several seeds and measured on the same rows: for
 * other seeds and other rows.
 *
 * `mean(to) − mean(from) ± t·√(s²_to/K + s²_from/L + e)`: s² the variance over seeds, e what rows add to the difference beyond
 * what is in s² already, t of Student's distribution with the degrees of freedom of Welch and Satterthwaite.
 *
 * @param from, to    one value a seed, at least two each
 * @param drawn       the same values of each bootstrap draw of the rows, those of `from` first; empty for none
 */
export function seedInterval(
  from: readonly number[],
  to: readonly number[],
  drawn: readonly (readonly number[])[],
): Interval {
  const parts = [from, to].map((values) => ({
    variance: varianceOf(values) / values.length,
    freedom: values.length - 1,
  }))
  const seeds = parts.reduce((sum, { variance }) => sum + variance, 0)
  const total = seeds + rowVariance(from.length, to.length, drawn)
  const value = mean(to) - mean(from)
  if (!Number.isFinite(total)) return [Number.NaN, Number.NaN]
  if (total === 0) return [value, value]
  const uncertainty = parts.reduce((sum, { variance, freedom }) => sum + variance ** 2 / freedom, 0)
  const half = studentQuantile(total ** 2 / uncertainty) * Math.sqrt(total)
  return [value - half, value + half]
}

/**
 * The variance of the difference over draws of rows, less the share of it in which the seeds of a method differ among
 * themselves: that is in the variance over seeds.
 */
function rowVariance(
  fromSize: number,
  toSize: number,
  drawn: readonly (readonly number[])[],
): number {
  if (drawn.length < 2) return 0
  const groups = (values: readonly number[]) => [values.slice(0, fromSize), values.slice(fromSize)]
  const whole = varianceOf(
    drawn.map((values) => {
      const [before, after] = groups(values)
      return mean(after) - mean(before)
    }),
  )
  const counted = [fromSize, toSize].map((size, side) => {
    const ownOf = (values: readonly number[]) => groups(values)[side]
    const apart = Array.from({ length: size }, (_, seed) =>
      varianceOf(drawn.map((values) => ownOf(values)[seed] - mean(ownOf(values)))),
    )
    // Of a deviation from the mean of `size` seeds the variance is (size − 1) / size of one seed's own.
    return (mean(apart) * size) / (size - 1) / size
  })
  return Math.max(0, whole - counted[0] - counted[1])
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** With n − 1. */
function varianceOf(values: readonly number[]): number {
  const center = mean(values)
  return values.reduce((sum, value) => sum + (value - center) ** 2, 0) / (values.length - 1)
}
