import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { countedTail, logLatticeTail, recursiveLogTail, recursiveTail } from './ks-lattice.ts'
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

const golden: readonly (readonly [n: number, m: number, steps: number, log10: number])[] =
  JSON.parse(readFileSync('test/golden/ks-log.json', 'utf8'))

test.each(golden)('the logarithm of %i against %i at %i steps is %f', (n, m, steps, log10) => {
  const log = logLatticeTail(n, m, steps) / Math.LN10
  expect(Math.abs(log - log10)).toBeLessThanOrEqual(1e-12 * Math.abs(log10))
})

test('the recursion of logarithms is that of shares, and goes on below the smallest double', () => {
  for (const [n, m, steps] of [
    [12, 18, 5],
    [40, 37, 900],
    [120, 75, 200],
  ]) {
    const log = Math.log(countedTail(n, m, steps))
    expect(Math.abs(recursiveLogTail(n, m, steps) - log)).toBeLessThanOrEqual(1e-12 * Math.abs(log))
  }
  const [n, m, steps, log10] = golden[6]
  expect(recursiveTail(n, m, steps)).toBe(0)
  expect(recursiveLogTail(n, m, steps) / Math.LN10 / log10).toBeCloseTo(1, 12)
})

test('samples that are apart have a logarithm where their p-value is 0', () => {
  const from = (start: number) => Array.from({ length: 600 }, (_, i) => start + i)
  const { pValue, log10PValue } = ksTwoSample(from(0), from(600))
  expect(pValue).toBe(0)
  expect(log10PValue).toBeCloseTo(logTwoOverBinomial(600), 9)
  expect(ksTwoSample(from(0), from(0)).log10PValue).toBe(0)
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
