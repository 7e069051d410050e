/**
 * Solves `X·A = B` for a symmetric positive definite A by its Cholesky factor `A = L·Lᵀ`, in float64.
 *
 * @param matrix `[n, n]`; the upper triangle is not read
 * @param rows   `[m, n]`, m right sides, one a row
 * @returns `[m, n]`
 * @throws RangeError where A is not positive definite to working precision
 */
export function solvePositive(
  matrix: Float64Array,
  rows: Float64Array,
  n: number,
): Float64Array<ArrayBuffer> {
  const factor = choleskyFactor(matrix, n)
  const solved = Float64Array.from(rows)
  for (let start = 0; start < solved.length; start += n) {
    const x = solved.subarray(start, start + n)
    for (let i = 0; i < n; i++) {
      let sum = x[i]
      for (let k = 0, at = i * n; k < i; k++, at++) sum -= factor[at] * x[k]
      x[i] = sum / factor[i * n + i]
    }
    // By columns of Lᵀ, which are rows of L, so that memory is read in order.
    for (let i = n - 1; i >= 0; i--) {
      x[i] /= factor[i * n + i]
      for (let k = 0, at = i * n; k < i; k++, at++) x[k] -= factor[at] * x[i]
    }
  }
  return solved
}

/** L, lower triangular; what is above its diagonal is not used. */
function choleskyFactor(matrix: Float64Array, n: number): Float64Array {
  const factor = Float64Array.from(matrix)
  for (let i = 0; i < n; i++) {
    const row = i * n
    for (let j = 0; j <= i; j++) {
      const other = j * n
      let sum = factor[row + j]
      for (let k = 0; k < j; k++) sum -= factor[row + k] * factor[other + k]
      if (j < i) {
        factor[row + j] = sum / factor[other + j]
        continue
      }
      if (!(sum > 0))
        throw new RangeError(
          `solvePositive: expected a positive definite matrix, got pivot ${sum} in row ${i}`,
        )
      factor[row + i] = Math.sqrt(sum)
    }
  }
  return factor
}
