import { greatestCommonDivisor } from '../math/greatest-common-divisor.ts'

const bigIntegerPoints = 1e6

/** Below this a double has lost digits of the recursion, or is 0. */
const smallestTail = 1e-290

/**
 * P(D ≥ steps / lcm) for samples of sizes n and m: the share of lattice paths from (0, 0) to (n, m) that touch
 * `|i·m/g − j·n/g| ≥ steps`, g the greatest common divisor.
 */
export function latticeTail(n: number, m: number, steps: number): number {
  if (steps === 0) return 1
  if (n === m) return equalSizesTail(n, steps)
  return (n + 1) * (m + 1) <= bigIntegerPoints
    ? countedTail(n, m, steps)
    : recursiveTail(n, m, steps)
}

/**
 * The natural logarithm of {@link latticeTail}, also where that is below the smallest double.
 *
 * Numerics: of equal sizes, and up to a million lattice points, from the counts in integers; beyond, the recursion of
 * logarithms, right to some 1e-12 of the value.
 */
export function logLatticeTail(n: number, m: number, steps: number): number {
  const tail = latticeTail(n, m, steps)
  if (tail > smallestTail) return Math.log(tail)
  if (n === m) return logRatio(...equalSizesCounts(n, steps))
  return (n + 1) * (m + 1) <= bigIntegerPoints
    ? logRatio(...counts(n, m, steps))
    : recursiveLogTail(n, m, steps)
}

/** Two counts of paths: those that touch the boundary, and all. */
type Counts = readonly [touching: bigint, all: bigint]

const known = new Map<string, number>()

function equalSizesTail(n: number, steps: number): number {
  const key = `${n} ${steps}`
  const found = known.get(key) ?? Math.min(1, ratio(...equalSizesCounts(n, steps)))
  known.set(key, found)
  return found
}

/** `2·Σ_k (−1)^{k+1} C(2n, n − k·steps)` and `C(2n, n)`. */
function equalSizesCounts(n: number, steps: number): Counts {
  // C(2n, n − r) from r = 0 up, each from the one before.
  let binomial = 1n
  for (let i = 1; i <= n; i++) binomial = (binomial * BigInt(n + i)) / BigInt(i)
  const all = binomial
  let touching = 0n
  for (let r = 1; r <= n; r++) {
    binomial = (binomial * BigInt(n - r + 1)) / BigInt(n + r)
    if (r % steps === 0) touching += (r / steps) % 2 === 1 ? binomial : -binomial
  }
  return [2n * touching, all]
}

/** {@link latticeTail} by counting the paths that stay inside, in integers. */
export function countedTail(n: number, m: number, steps: number): number {
  return ratio(...counts(n, m, steps))
}

function counts(n: number, m: number, steps: number): Counts {
  const inside = insideTest(n, m, steps)
  let row: bigint[] = []
  for (let i = 0; i <= n; i++) {
    const next: bigint[] = new Array(m + 1).fill(0n)
    for (let j = 0; j <= m; j++) {
      if (!inside(i, j)) continue
      next[j] = i === 0 && j === 0 ? 1n : (i > 0 ? row[j] : 0n) + (j > 0 ? next[j - 1] : 0n)
    }
    row = next
  }
  let all = 1n
  for (let i = 1; i <= n; i++) all = (all * BigInt(m + i)) / BigInt(i)
  return [all - row[m], all]
}

/**
 * The same as a recursion on the share of paths to (i, j) that have touched the boundary: sums of positive terms, so
 * nothing cancels; below 1e-308 it is 0.
 */
export function recursiveTail(n: number, m: number, steps: number): number {
  const inside = insideTest(n, m, steps)
  const touched = new Float64Array(m + 1)
  for (let i = 0; i <= n; i++)
    for (let j = 0; j <= m; j++) {
      if (!inside(i, j)) touched[j] = 1
      else if (i + j === 0) touched[j] = 0
      else touched[j] = (i * (i > 0 ? touched[j] : 0) + j * (j > 0 ? touched[j - 1] : 0)) / (i + j)
    }
  return touched[m]
}

/** {@link recursiveTail} with logarithms in place of shares. */
export function recursiveLogTail(n: number, m: number, steps: number): number {
  const inside = insideTest(n, m, steps)
  const touched = new Float64Array(m + 1)
  for (let i = 0; i <= n; i++)
    for (let j = 0; j <= m; j++) {
      if (!inside(i, j)) touched[j] = 0
      else if (i + j === 0) touched[j] = Number.NEGATIVE_INFINITY
      else {
        const above = i > 0 ? touched[j] + Math.log(i / (i + j)) : Number.NEGATIVE_INFINITY
        const left = j > 0 ? touched[j - 1] + Math.log(j / (i + j)) : Number.NEGATIVE_INFINITY
        const [less, more] = above < left ? [above, left] : [left, above]
        touched[j] =
          less === Number.NEGATIVE_INFINITY ? more : more + Math.log1p(Math.exp(less - more))
      }
    }
  return touched[m]
}

function insideTest(n: number, m: number, steps: number) {
  const divisor = greatestCommonDivisor(n, m)
  const up = m / divisor
  const across = n / divisor
  return (i: number, j: number) => Math.abs(i * up - j * across) < steps
}

/** The double nearest to a / b (to 2⁻⁶³), of any size. */
function ratio(a: bigint, b: bigint): number {
  if (a === 0n) return 0
  const shift = Math.max(0, b.toString(2).length - a.toString(2).length + 64)
  const quotient = (a << BigInt(shift)) / b
  // In two factors, since 2^−shift alone may be below the smallest double.
  const half = shift >> 1
  return Number(quotient) * 2 ** -half * 2 ** -(shift - half)
}

/** ln(a / b) of counts of any size; −∞ for none. */
function logRatio(a: bigint, b: bigint): number {
  return logOf(a) - logOf(b)
}

function logOf(count: bigint): number {
  if (count === 0n) return Number.NEGATIVE_INFINITY
  const shift = Math.max(0, count.toString(2).length - 1000)
  return Math.log(Number(count >> BigInt(shift))) + shift * Math.LN2
}
