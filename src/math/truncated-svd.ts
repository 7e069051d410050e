import { symmetricEigen } from './eigen.ts'
import { gaussian } from './random.ts'

/** The largest singular values of a matrix and their vectors. */
export interface TruncatedSvd {
  /** `[outputs][rank]`, orthonormal columns */
  readonly u: readonly Float64Array[]
  /** `[rank]`, largest first */
  readonly values: Float64Array
  /** `[inputs][rank]`, orthonormal columns where the value is not 0 */
  readonly v: readonly Float64Array[]
}

/** Columns beyond the rank that the range is searched with. */
const surplus = 8
const powerIterations = 2

/**
 * Randomised truncated SVD, `A ≈ U·diag(S)·Vᵀ`, in float64.
 *
 * A random block is multiplied by A and Aᵀ in turns, made orthonormal between; the small projected problem is solved by
 * Jacobi rotations. Exact, up to rounding, where the rank of A is at most rank + 8; else good where singular values fall.
 *
 * @param matrix `[outputs, inputs]`
 * @param seed   of the random block
 * Source: Halko, Martinsson and Tropp 2011.
 */
export function truncatedSvd(
  matrix: Float64Array,
  [outputs, inputs]: readonly [number, number],
  rank: number,
  seed: number,
): TruncatedSvd {
  const width = Math.min(rank + surplus, outputs, inputs)
  const random = Array.from({ length: width }, (_, k) =>
    Float64Array.from({ length: inputs }, (_, j) => gaussian(seed, ['svd', k], j)),
  )
  // Blocks are lists of columns.
  const times = (columns: readonly Float64Array[]) =>
    columns.map((x) => {
      const y = new Float64Array(outputs)
      for (let i = 0; i < outputs; i++) {
        let sum = 0
        for (let j = 0, at = i * inputs; j < inputs; j++, at++) sum += matrix[at] * x[j]
        y[i] = sum
      }
      return y
    })
  const transposedTimes = (columns: readonly Float64Array[]) =>
    columns.map((x) => {
      const y = new Float64Array(inputs)
      for (let i = 0; i < outputs; i++) {
        const factor = x[i]
        for (let j = 0, at = i * inputs; j < inputs; j++, at++) y[j] += factor * matrix[at]
      }
      return y
    })
  let basis = orthonormal(times(random))
  for (let i = 0; i < powerIterations; i++)
    basis = orthonormal(times(orthonormal(transposedTimes(basis))))
  // B = Qᵀ·A, its rows as columns here; B·Bᵀ = W·S²·Wᵀ, so U = Q·W and V = Bᵀ·W/S.
  const rows = transposedTimes(basis)
  const { values, vectors } = symmetricEigen(rows.map((a) => rows.map((b) => dot(a, b))))
  const kept = Math.min(rank, width)
  const singular = Float64Array.from({ length: kept }, (_, k) => Math.sqrt(Math.max(0, values[k])))
  const combine = (columns: readonly Float64Array[], length: number, divide: boolean) =>
    Array.from({ length }, (_, i) =>
      Float64Array.from({ length: kept }, (_, k) => {
        const sum = columns.reduce((total, column, c) => total + column[i] * vectors[c][k], 0)
        if (!divide) return sum
        return singular[k] > 0 ? sum / singular[k] : 0
      }),
    )
  return {
    u: combine(basis, outputs, false),
    values: singular,
    v: combine(rows, inputs, true),
  }
}

/** Gram–Schmidt, twice, so that columns that nearly depend on others come out orthogonal too; those that do are zero. */
function orthonormal(columns: readonly Float64Array[]): Float64Array[] {
  const found: Float64Array[] = []
  for (const column of columns) {
    const own = Float64Array.from(column)
    const before = Math.sqrt(dot(own, own))
    for (let pass = 0; pass < 2; pass++)
      for (const other of found) {
        const share = dot(own, other)
        for (let i = 0; i < own.length; i++) own[i] -= share * other[i]
      }
    const length = Math.sqrt(dot(own, own))
    found.push(own.map((x) => (length > 1e-12 * before ? x / length : 0)))
  }
  return found
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i]
  return sum
}
