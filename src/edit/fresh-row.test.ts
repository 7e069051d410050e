import { expect, test } from 'vitest'
import { gaussian } from '../math/random.ts'
import { withFreshRow } from './fresh-row.ts'

const width = 400
const matrix = Float32Array.from(
  { length: 50 * width },
  (_, i) => 3 + 2 * gaussian(1, ['matrix'], i),
)

test('a new row is as the others are, which stay', () => {
  const grown = withFreshRow(matrix, width, 50, 7, 'head')
  expect(grown).toHaveLength(51 * width)
  expect(grown.subarray(0, 50 * width)).toEqual(matrix)
  const row = grown.subarray(50 * width)
  const mean = row.reduce((sum, x) => sum + x, 0) / width
  const deviation = Math.sqrt(row.reduce((sum, x) => sum + (x - mean) ** 2, 0) / width)
  expect(Math.abs(mean - 3)).toBeLessThan(0.4)
  expect(Math.abs(deviation - 2)).toBeLessThan(0.3)
  expect(withFreshRow(matrix, width, 50, 7, 'head')).toEqual(grown)
  expect(withFreshRow(matrix, width, 50, 8, 'head')).not.toEqual(grown)
})

test('a row that nothing used is taken', () => {
  const changed = withFreshRow(matrix, width, 49, 7, 'head')
  expect(changed).toHaveLength(matrix.length)
  expect(changed.subarray(0, 49 * width)).toEqual(matrix.subarray(0, 49 * width))
  expect(changed.subarray(49 * width)).not.toEqual(matrix.subarray(49 * width))
})
