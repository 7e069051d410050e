import { Matrix, SingularValueDecomposition } from 'ml-matrix'
import { describe, expect, it } from 'vitest'
import { gaussian } from './random.ts'
import { truncatedSvd } from './truncated-svd.ts'

const table = (rows: number, columns: number, stream: string) =>
  Array.from({ length: rows }, (_, i) =>
    Array.from({ length: columns }, (_, j) => gaussian(4, [stream, i], j)),
  )

function product(
  u: readonly ArrayLike<number>[],
  s: ArrayLike<number>,
  v: readonly ArrayLike<number>[],
) {
  return Float64Array.from(
    u.flatMap((row) =>
      v.map((column) => {
        let sum = 0
        for (let k = 0; k < s.length; k++) sum += row[k] * s[k] * column[k]
        return sum
      }),
    ),
  )
}

describe('truncated SVD', () => {
  it('of a diagonal matrix has its entries', () => {
    const { values } = truncatedSvd(Float64Array.of(3, 0, 0, 0, 5, 0), [2, 3], 2, 0)
    expect(values[0]).toBeCloseTo(5, 12)
    expect(values[1]).toBeCloseTo(3, 12)
  })

  it('of a matrix of low rank is that matrix', () => {
    const [rows, columns, rank] = [20, 30, 3]
    const matrix = product(table(rows, rank, 'u'), [5, 2, 1], table(columns, rank, 'v'))
    const { u, values, v } = truncatedSvd(matrix, [rows, columns], rank, 1)
    product(u, values, v).forEach((x, i) => {
      expect(x).toBeCloseTo(matrix[i], 10)
    })
    for (const side of [u, v])
      for (let a = 0; a < rank; a++)
        for (let b = 0; b < rank; b++) {
          const inner = side.reduce((sum, row) => sum + row[a] * row[b], 0)
          expect(inner).toBeCloseTo(a === b ? 1 : 0, 10)
        }
  })

  it('of any matrix is the best of its rank: what is left has the rest of the energy', () => {
    const [rows, columns, rank] = [12, 9, 4]
    const matrix = Float64Array.from(table(rows, columns, 'm').flat())
    const all = truncatedSvd(matrix, [rows, columns], columns, 2)
    const { u, values, v } = truncatedSvd(matrix, [rows, columns], rank, 3)
    for (let k = 0; k < rank; k++) expect(values[k]).toBeCloseTo(all.values[k], 8)
    const left = product(u, values, v).reduce((sum, x, i) => sum + (x - matrix[i]) ** 2, 0)
    const rest = all.values.slice(rank).reduce((sum, s) => sum + s * s, 0)
    expect(left).toBeCloseTo(rest, 8)
  })

  it.each([
    [12, 9],
    [6, 20],
  ])('has the values and directions of ml-matrix, by Golub and Kahan: %d × %d', (rows, columns) => {
    const matrix = table(rows, columns, 'twin')
    const width = Math.min(rows, columns)
    const { u, values, v } = truncatedSvd(
      Float64Array.from(matrix.flat()),
      [rows, columns],
      width,
      5,
    )
    const twin = new SingularValueDecomposition(new Matrix(matrix), { autoTranspose: true })
    for (let k = 0; k < width; k++) {
      expect(values[k]).toBeCloseTo(twin.diagonal[k], 10)
      const along = (side: readonly Float64Array[], other: Matrix) =>
        side.reduce((sum, row, i) => sum + row[k] * other.get(i, k), 0)
      const [left, right] = [
        along(u, twin.leftSingularVectors),
        along(v, twin.rightSingularVectors),
      ]
      expect(left * right).toBeCloseTo(1, 8)
    }
  })

  it('is a function of its seed, and takes a matrix of zeros', () => {
    const matrix = Float64Array.from(table(5, 5, 'm').flat())
    expect(truncatedSvd(matrix, [5, 5], 2, 7)).toEqual(truncatedSvd(matrix, [5, 5], 2, 7))
    const { values } = truncatedSvd(new Float64Array(25), [5, 5], 2, 0)
    expect([...values]).toEqual([0, 0])
  })
})
