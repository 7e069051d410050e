import { expect, test } from 'vitest'
import { studentQuantile } from './student-t.ts'

// Roots of mpmath's incomplete beta function, with 30 digits.
test.each([
  [1, 12.706204736174705],
  [2, 4.302652729749464],
  [4, 2.776445105197794],
  [1.5, 6.016663104427932],
  [3, 3.18244630528371],
  [10, 2.228138851986275],
  [100, 1.9839715185235556],
  [Number.POSITIVE_INFINITY, 1.959963984540054],
])('%f degrees of freedom: %f', (freedom, quantile) => {
  expect(studentQuantile(freedom) / quantile).toBeCloseTo(1, 11)
})
