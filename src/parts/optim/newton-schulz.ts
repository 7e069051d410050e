import {
  add,
  addScalar,
  div,
  matmul,
  type Node,
  scale,
  sqrt,
  square,
  sum,
} from '../../graph/index.ts'

/** Coefficients of the quintic: chosen for the steepest slope at zero, not to converge. */
const [a, b, c] = [3.4445, -4.775, 2.0315]
const rounds = 5
/** Shorter matrices are not brought to length 1. */
const shortest = 1e-7

/**
 * Brings the singular values of a matrix near 1, and leaves its singular vectors: U·S·Vᵀ becomes about U·Vᵀ.
 *
 * ```
 * X ← M/√(‖M‖_F² + 1e-14)          five times: A = X·Xᵀ, X ← a·X + (b·A + c·A²)·X
 * ```
 *
 * with (a, b, c) = (3.4445, −4.7750, 2.0315); of a tall matrix A = Xᵀ·X from the other side, which is the same and smaller.
 *
 * @param x `[rows, columns]`
 * @param isTall whether there are more rows than columns
 * Numerics: singular values end in about 0.68 … 1.14 where they were above some 2 % of ‖M‖_F; smaller ones stay below.
 * Differs from the released code: float32 and not bfloat16.
 * Source: Jordan et al. 2024, kellerjordan.github.io/posts/muon; KellerJordan/Muon muon.py (00ba60d).
 */
export function newtonSchulz(x: Node, isTall: boolean): Node {
  const length = sqrt(addScalar(sum(square(x)), shortest ** 2))
  let result = div(x, length)
  for (let round = 0; round < rounds; round++) {
    const gram = matmul(result, result, isTall ? { transposeA: true } : { transposeB: true })
    const polynomial = add(matmul(gram, gram, { alpha: c }), scale(gram, b))
    const product = isTall ? matmul(result, polynomial) : matmul(polynomial, result)
    result = add(product, scale(result, a))
  }
  return result
}

/** The same by loops, in float64. */
export function newtonSchulzArray(
  matrix: ArrayLike<number>,
  [rows, columns]: readonly [number, number],
): Float64Array {
  const given = Float64Array.from(matrix)
  const length = Math.sqrt(given.reduce((total, value) => total + value ** 2, shortest ** 2))
  let x = given.map((value) => value / length)
  const isTall = rows > columns
  for (let round = 0; round < rounds; round++) {
    const turned = transposed(x, rows, columns)
    const gram = isTall
      ? multiply(turned, x, [columns, rows, columns])
      : multiply(x, turned, [rows, columns, rows])
    const size = Math.min(rows, columns)
    const squared = multiply(gram, gram, [size, size, size])
    const polynomial = gram.map((value, i) => b * value + c * squared[i])
    const product = isTall
      ? multiply(x, polynomial, [rows, columns, columns])
      : multiply(polynomial, x, [rows, rows, columns])
    x = x.map((value, i) => a * value + product[i])
  }
  return x
}

function multiply(
  left: Float64Array,
  right: Float64Array,
  [m, k, n]: readonly [number, number, number],
): Float64Array {
  const product = new Float64Array(m * n)
  for (let i = 0; i < m; i++)
    for (let l = 0; l < k; l++)
      for (let j = 0; j < n; j++) product[i * n + j] += left[i * k + l] * right[l * n + j]
  return product
}

function transposed(x: Float64Array, rows: number, columns: number): Float64Array {
  return Float64Array.from(x, (_, i) => x[(i % rows) * columns + Math.floor(i / rows)])
}
