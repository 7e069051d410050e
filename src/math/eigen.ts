/**
 * Eigenvalues and eigenvectors of a symmetric matrix by cyclic Jacobi rotations, in float64.
 *
 * @returns `values` largest first; `vectors[i][k]` entry i of the k-th vector, of length 1
 */
export function symmetricEigen(matrix: readonly (readonly number[])[]): {
  values: number[]
  vectors: number[][]
} {
  const n = matrix.length
  const a = matrix.map((row) => [...row])
  const v: number[][] = matrix.map((_, i) => matrix.map((__, j) => (i === j ? 1 : 0)))
  const size = Math.hypot(...a.flat())
  for (let sweep = 0; sweep < 60; sweep++) {
    let off = 0
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) off += a[p][q] ** 2
    if (Math.sqrt(off) <= 1e-15 * size) break
    for (let p = 0; p < n; p++)
      for (let q = p + 1; q < n; q++) {
        if (a[p][q] === 0) continue
        const theta = (a[q][q] - a[p][p]) / (2 * a[p][q])
        const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1))
        const c = 1 / Math.sqrt(t * t + 1)
        const s = t * c
        for (let k = 0; k < n; k++) {
          const [x, y] = [a[k][p], a[k][q]]
          a[k][p] = c * x - s * y
          a[k][q] = s * x + c * y
        }
        for (let k = 0; k < n; k++) {
          const [x, y] = [a[p][k], a[q][k]]
          a[p][k] = c * x - s * y
          a[q][k] = s * x + c * y
        }
        for (let k = 0; k < n; k++) {
          const [x, y] = [v[k][p], v[k][q]]
          v[k][p] = c * x - s * y
          v[k][q] = s * x + c * y
        }
      }
  }
  const order = [...a.keys()].sort((i, j) => a[j][j] - a[i][i])
  return {
    values: order.map((k) => a[k][k]),
    vectors: v.map((row) => order.map((k) => row[k])),
  }
}
