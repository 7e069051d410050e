import { expect, test } from 'vitest'
import { countedTail, recursiveTail } from './ks-lattice.ts'
import { ksTwoSample } from './ks-two-sample.ts'

test('the recursion in doubles is the count in integers', () => {
  for (const [n, m] of [
    [5, 7],
    [12, 18],
    [40, 37],
    [120, 75],
  ])
    for (const steps of [1, 5, 40, 200, 900]) {
      const counted = countedTail(n, m, steps)
      expect(Math.abs(recursiveTail(n, m, steps) - counted)).toBeLessThanOrEqual(1e-12 * counted)
    }
})

test('apart altogether is 2 / C(2n, n), to the last digit where doubles are subnormal', () => {
  const apart = (n: number) =>
    ksTwoSample(
      Array.from({ length: n }, (_, i) => i),
      Array.from({ length: n }, (_, i) => n + i),
    ).pValue
  expect(apart(400)).toBeCloseTo(1.0635896769518578e-239, 250)
  // log10(2 / C(1030, 515)) = −307.9
  expect(Math.log10(apart(515))).toBeCloseTo(logTwoOverBinomial(515), 9)
})

test('what is not a sample is refused', () => {
  expect(() => ksTwoSample([], [1])).toThrow('expected two samples, got 0 and 1 values')
  expect(() => ksTwoSample([1], [Number.NaN])).toThrow('NaN')
})

function logTwoOverBinomial(n: number): number {
  let log = Math.log10(2)
  for (let i = 1; i <= n; i++) log -= Math.log10((n + i) / i)
  return log
}
