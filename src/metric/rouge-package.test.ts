import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { rougePackageL } from './rouge-package.ts'

interface Pair {
  reference: string
  candidate: string
  /** recall, precision, f; null where the package throws */
  scores: readonly [number, number, number] | null
}
const golden: { pairs: Pair[] } = JSON.parse(
  readFileSync(new URL('../../test/golden/rouge-package.json', import.meta.url), 'utf8'),
)

test('closed form: words are counted once, and a sentence may stand anywhere', () => {
  // C = {one, two, five} of the four distinct words one, two, two., five.
  const { recall, precision } = rougePackageL('one two one. five', 'five. one two six')
  expect([recall, precision]).toEqual([1, 3 / 4])
  expect(rougePackageL('Paris', 'paris,').recall).toBe(0)
})

test('agrees with the rouge package', () => {
  expect(golden.pairs.length).toBeGreaterThan(50)
  for (const { reference, candidate, scores } of golden.pairs) {
    const { recall, precision, f } = rougePackageL(reference, candidate)
    const [r, p, fMeasure] = scores ?? [0, 0, 0]
    const label = JSON.stringify([reference, candidate])
    expect(recall, label).toBeCloseTo(r, 12)
    expect(precision, label).toBeCloseTo(p, 12)
    expect(f, label).toBeCloseTo(fMeasure, 12)
  }
})
