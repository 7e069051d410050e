import { Matrix, solve } from 'ml-matrix'
import { describe, expect, it } from 'vitest'
import { gaussian } from './random.ts'
import { solvePositive } from './solve-positive.ts'

describe('solvePositive', () => {
  it('solves a system whose solution is known', () => {
    // [1 −1]·[4 2; 2 2] = [2 0], exact in binary.
    const x = solvePositive(Float64Array.of(4, 2, 2, 2), Float64Array.of(2, 0), 2)
    expect([...x]).toEqual([1, -1])
  })

  it('leaves no residual, for several right sides', () => {
    const n = 40
    const root = Array.from({ length: n }, (_, i) =>
      Array.from({ length: n }, (_, j) => gaussian(1, ['root', i], j)),
    )
    const matrix = Float64Array.from({ length: n * n }, (_, at) => {
      const [i, j] = [Math.floor(at / n), at % n]
      return root[i].reduce((sum, x, k) => sum + x * root[j][k], i === j ? 0.1 : 0)
    })
    const rows = Float64Array.from({ length: 3 * n }, (_, i) => gaussian(1, ['rows'], i))
    const x = solvePositive(matrix, rows, n)
    for (let m = 0; m < 3; m++)
      for (let j = 0; j < n; j++) {
        let product = 0
        for (let i = 0; i < n; i++) product += x[m * n + i] * matrix[i * n + j]
        expect(product).toBeCloseTo(rows[m * n + j], 9)
      }
  })

  it('solves as ml-matrix, by an LU decomposition', () => {
    for (const n of [1, 5, 30]) {
      const root = new Matrix(
        Array.from({ length: n }, (_, i) =>
          Array.from({ length: n }, (_, j) => gaussian(3, ['root', i], j)),
        ),
      )
      const matrix = root.mmul(root.transpose()).add(Matrix.eye(n).mul(0.1))
      const rows = Float64Array.from({ length: 2 * n }, (_, i) => gaussian(3, ['rows'], i))
      const twin = solve(matrix, Matrix.from1DArray(2, n, rows).transpose()).transpose()
      const x = solvePositive(Float64Array.from(matrix.to1DArray()), rows, n)
      x.forEach((value, i) => {
        expect(value).toBeCloseTo(twin.to1DArray()[i], 8)
      })
    }
  })

  it('refuses a matrix that is not positive definite', () => {
    const solving = (...values: number[]) =>
      solvePositive(Float64Array.from(values), Float64Array.of(1, 1), 2)
    expect(() => solving(1, 2, 2, 1)).toThrow('positive definite')
    expect(() => solving(Number.NaN, 0, 0, 1)).toThrow('positive definite')
  })
})
