import { expect, test } from 'vitest'
import { gaussian, permutation } from '../math/random.ts'
import { epochSteps, microBatches, paddingShare, trainSteps } from './epoch.ts'

/** Log-normal lengths: most near 40 tokens, some of several hundred. */
const skewed = (count: number, stream: string) =>
  Int32Array.from({ length: count }, (_, i) => {
    return 4 + Math.floor(40 * Math.exp(0.8 * gaussian(3, [stream], i)))
  })
const forgetLengths = skewed(203, 'forget')
const retainLengths = skewed(1000, 'retain')
const setup = { forgetLengths, retainLengths, batchSize: 8, seed: 1, epoch: 0 }
const flat = (batches: Int32Array[]) => batches.flatMap((batch) => [...batch])
const sorted = (items: Iterable<number>) => [...items].sort((a, b) => a - b)
const all = (size: number) => Array.from({ length: size }, (_, i) => i)

test('every forget item once an epoch, as many retain items in each step', () => {
  for (const epoch of [0, 1, 2]) {
    const steps = epochSteps({ ...setup, epoch })
    expect(steps).toHaveLength(26)
    expect(sorted(flat(steps.map(({ forget }) => forget)))).toEqual(all(203))
    for (const { forget, retain } of steps) expect(retain.length).toBe(forget.length)
    expect(steps.filter(({ forget }) => forget.length < 8)).toHaveLength(1)
  }
  const alone = epochSteps({ ...setup, retainLengths: null })
  expect(alone.map(({ forget }) => forget)).toEqual(epochSteps(setup).map(({ forget }) => forget))
  expect(alone.every(({ retain }) => retain.length === 0)).toBe(true)
})

test('the same seed and epoch give the same steps, others do not', () => {
  expect(epochSteps(setup)).toEqual(epochSteps(setup))
  const draws = (options: Partial<typeof setup>) =>
    epochSteps({ ...setup, ...options }).map(({ forget, retain }) => [[...forget], [...retain]])
  const base = draws({})
  for (const other of [{ seed: 2 }, { epoch: 1 }]) {
    expect(draws(other)).not.toEqual(base)
    expect(sorted(draws(other).flatMap(([, retain]) => retain))).not.toEqual(
      sorted(base.flatMap(([, retain]) => retain)),
    )
  }
})

test('retain draws are uniform with replacement', () => {
  const counts = new Array<number>(40).fill(0)
  const epochs = 60
  let repeats = 0
  for (let epoch = 0; epoch < epochs; epoch++) {
    const lengths = retainLengths.subarray(0, 40)
    const drawn = flat(
      epochSteps({ ...setup, retainLengths: lengths, epoch }).map(({ retain }) => retain),
    )
    for (const item of drawn) counts[item]++
    repeats += drawn.length - new Set(drawn).size
  }
  const expected = (203 * epochs) / 40
  const chiSquare = counts.reduce((total, count) => total + (count - expected) ** 2 / expected, 0)
  // 39 degrees of freedom: mean 39, standard deviation √78.
  expect(chiSquare).toBeGreaterThan(39 - 4 * Math.sqrt(78))
  expect(chiSquare).toBeLessThan(39 + 4 * Math.sqrt(78))
  expect(repeats).toBeGreaterThan(0)
})

test('what meets in a step changes from epoch to epoch, and long steps are anywhere', () => {
  const partners = (epoch: number) =>
    [...epochSteps({ ...setup, epoch }).find(({ forget }) => forget.includes(0))!.forget].join()
  expect(new Set(all(8).map(partners)).size).toBeGreaterThan(6)
  const firstLonger = all(40).filter((epoch) => {
    const lengths = epochSteps({ ...setup, epoch }).map(({ forget }) => forgetLengths[forget[0]])
    return lengths[0] > lengths[1]
  })
  expect(firstLonger.length).toBeGreaterThan(10)
  expect(firstLonger.length).toBeLessThan(30)
})

test('bucketing halves the padding of a skewed length distribution at least', () => {
  for (const batchSize of [4, 8]) {
    const steps = epochSteps({ ...setup, batchSize })
    const shuffled = cut(permutation(1, ['plain'], 203), batchSize)
    const forget = steps.map((step) => step.forget)
    const retain = steps.map((step) => step.retain)
    const before = paddingShare(shuffled, forgetLengths)
    expect(paddingShare(forget, forgetLengths)).toBeLessThan(before / 2)
    const drawn = cut(permutation(1, ['plain'], 203), batchSize).map((places) =>
      places.map((place) => flat(retain)[place]),
    )
    expect(paddingShare(retain, retainLengths)).toBeLessThan(paddingShare(drawn, retainLengths) / 2)
  }
})

test('one data set: every item once, bucketed, another order each epoch', () => {
  const options = { lengths: retainLengths, batchSize: 16, seed: 5 }
  const steps = trainSteps({ ...options, epoch: 0 })
  expect(steps).toHaveLength(63)
  expect(sorted(flat(steps))).toEqual(all(1000))
  expect(trainSteps({ ...options, epoch: 0 })).toEqual(steps)
  expect(trainSteps({ ...options, epoch: 1 })).not.toEqual(steps)
  const shuffled = cut(permutation(5, ['plain'], 1000), 16)
  expect(paddingShare(steps, retainLengths)).toBeLessThan(paddingShare(shuffled, retainLengths) / 2)
  expect(trainSteps({ ...options, lengths: [7], epoch: 0 })).toEqual([Int32Array.of(0)])
  expect(trainSteps({ ...options, lengths: [], epoch: 0 })).toEqual([])
})

test('micro-batches together are the step, near equal in count, and hold less padding', () => {
  const items = trainSteps({ lengths: retainLengths, batchSize: 30, seed: 0, epoch: 0 })[3]
  const mixed = permutation(0, ['mixed'], 1000).slice(0, 30)
  for (const step of [items, mixed, Int32Array.of(3, 3, 9)])
    for (const parts of [1, 2, 4, 7]) {
      const pieces = microBatches(step, retainLengths, parts)
      expect(pieces).toHaveLength(Math.min(parts, step.length))
      expect(sorted(flat(pieces))).toEqual(sorted(step))
      const counts = pieces.map((piece) => piece.length)
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
    }
  const before = paddingShare([mixed], retainLengths)
  expect(paddingShare(microBatches(mixed, retainLengths, 4), retainLengths)).toBeLessThan(
    before / 2,
  )
})

test('padding share by hand; sizes that make no sense are defects', () => {
  expect(paddingShare([Int32Array.of(0, 1), Int32Array.of(2)], [4, 2, 5])).toBeCloseTo(2 / 13, 12)
  expect(paddingShare([], [])).toBe(0)
  expect(() => epochSteps({ ...setup, batchSize: 0 })).toThrow('batchSize')
  expect(() => epochSteps({ ...setup, retainLengths: [] })).toThrow('retain set is empty')
})

function cut(items: Int32Array, size: number): Int32Array[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  )
}
