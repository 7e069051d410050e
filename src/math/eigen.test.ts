import { EigenvalueDecomposition, Matrix } from 'ml-matrix'
import { expect, test } from 'vitest'
import { symmetricEigen } from './eigen.ts'
import { gaussian } from './random.ts'

const symmetric = (n: number) =>
  Array.from({ length: n }, (_, i) =>
    Array.from({ length: n }, (_, j) => gaussian(2, ['matrix', Math.min(i, j)], Math.max(i, j))),
  )

test('eigenvalues of a known matrix', () => {
  const { values } = symmetricEigen([
    [2, 1],
    [1, 2],
  ])
  expect(values[0]).toBeCloseTo(3, 14)
  expect(values[1]).toBeCloseTo(1, 14)
})

test('A·v = λ·v', () => {
  const n = 12
  const matrix = symmetric(n)
  const { values, vectors } = symmetricEigen(matrix)
  for (let k = 0; k < n; k++)
    for (let i = 0; i < n; i++) {
      const product = matrix[i].reduce((sum, x, j) => sum + x * vectors[j][k], 0)
      expect(product).toBeCloseTo(values[k] * vectors[i][k], 12)
    }
})

test.each([1, 2, 7, 30])('as ml-matrix, by QL and not by rotations, for %d rows', (n) => {
  const matrix = symmetric(n)
  const twin = new EigenvalueDecomposition(new Matrix(matrix), { assumeSymmetric: true })
  const { values, vectors } = symmetricEigen(matrix)
  const expected = [...twin.realEigenvalues.keys()].reverse()
  for (const [k, other] of expected.entries()) {
    expect(values[k]).toBeCloseTo(twin.realEigenvalues[other], 12)
    // Of one direction, whatever the sign.
    const inner = vectors.reduce(
      (sum, row, i) => sum + row[k] * twin.eigenvectorMatrix.get(i, other),
      0,
    )
    expect(Math.abs(inner)).toBeCloseTo(1, 10)
  }
})
