import { describe, expect, test } from 'vitest'
import { gaussian } from '../math/random.ts'
import { studentQuantile } from '../math/student-t.ts'
import { rocAuc } from '../metric/index.ts'
import { benchmarkSchema } from './benchmark.ts'
import { benchmarkChanges } from './changes.ts'
import { seedInterval } from './seed-interval.ts'
import { falseDifferences } from './testing/alike-methods.ts'
import { answered } from './testing/answered.ts'

const benchmark = benchmarkSchema.parse({
  id: 'mine',
  title: 'Mine',
  sets: { forget: { file: 'f' }, holdout: { file: 'h' } },
  metrics: {
    known: { kind: 'probability', better: 'lower', options: { set: 'forget' } },
    attack: { kind: 'membership', better: { target: 0.5 }, options: { attack: 'loss' } },
    beside: { kind: 'privacy-leakage', better: { target: 0 } },
    absent: { kind: 'probability', better: 'lower', options: { set: 'nowhere' } },
  },
  composites: {
    both: { combine: 'mean', better: 'lower', of: [{ metric: 'known' }, { metric: 'attack' }] },
  },
  ranking: { forget: 'known', utility: 'known' },
})

const rows = (set: string, probabilities: readonly number[]) =>
  probabilities.map((probability, index) => answered({ set, index, probability }))
const holdout = rows('holdout', [0.2, 0.5, 0.3])
const model = (...forget: number[]) => [...rows('forget', forget), ...holdout]
const losses = (...probabilities: number[]) => probabilities.map((p) => -Math.log(p))
const auc = (...forget: number[]) => rocAuc(losses(...forget), losses(0.2, 0.5, 0.3))

describe('changes', () => {
  const changesOf = (
    ...args: Parameters<typeof benchmarkChanges> extends [unknown, ...infer R] ? R : never
  ) => new Map(benchmarkChanges(benchmark, ...args).map((change) => [change.key, change]))

  test('are differences of every number that has one, not of means alone', () => {
    const changes = changesOf([model(0.9, 0.8, 0.4)], [model(0.1, 0.6, 0.4)])
    expect([...changes.keys()]).toEqual(['known', 'attack', 'both'])
    expect(changes.get('known')?.value).toBeCloseTo(-1 / 3, 12)
    const attack = auc(0.1, 0.6, 0.4) - auc(0.9, 0.8, 0.4)
    expect(changes.get('attack')?.value).toBeCloseTo(attack, 12)
    expect(changes.get('both')?.value).toBeCloseTo((attack - 1 / 3) / 2, 12)
    const [low, high] = changes.get('known')?.interval ?? []
    expect(low).toBeLessThan(-1 / 3)
    expect(high).toBeLessThanOrEqual(1e-12)
  })

  test('of groups are those of the means over their models, on rows that all were asked', () => {
    const seeds = [model(0.1, 0.3), model(0.3, 0.5, 0.9)]
    const changes = changesOf([model(0.5, 0.5, 0.1)], seeds)
    expect(changes.get('known')?.value).toBeCloseTo(0.3 - 0.5, 12)
    expect(changesOf([], seeds).size).toBe(0)
  })

  test('of a broken model are no number', () => {
    const changes = changesOf([model(0.5, 0.5)], [model(0.5, Number.NaN)])
    expect(changes.get('known')).toMatchObject({ value: null, interval: null })
  })
})

describe('two methods without a difference, of a seed-to-seed spread of .03', () => {
  const setting = {
    ...{ trials: 400, rows: 40, resamples: 60 },
    ...{ seedSpread: 0.03, rowSpread: 0.03, noise: 0.03 },
  }

  // Two standard deviations of 400 trials of 5 % are 2.2 %.
  test.each([2, 3, 5])('differ with %i seeds in no more than 5 % of trials', (seeds) => {
    const rate = falseDifferences({ ...setting, seeds })
    expect(rate).toBeGreaterThan(0.005)
    expect(rate).toBeLessThan(0.072)
  })

  test('differ far more often by rows alone, as with one seed, and that is said', () => {
    expect(falseDifferences({ ...setting, seeds: 1 })).toBeGreaterThan(0.4)
    const [one, several] = [1, 2].map((seeds) =>
      benchmarkChanges(
        benchmark,
        Array.from({ length: seeds }, () => model(0.5, 0.5)),
        Array.from({ length: seeds }, () => model(0.4, 0.5)),
      ),
    )
    expect(one.map(({ overSeeds }) => overSeeds)).toEqual([false, false, false])
    expect(several.map(({ overSeeds }) => overSeeds)).toEqual([true, true, true])
  })
})

test('seeds that are alike leave the interval of rows', () => {
  const draws = Array.from({ length: 400 }, (_, i) => {
    const x = gaussian(1, ['draw'], i)
    return [0.2, 0.2, 0.5 + 0.01 * x, 0.5 + 0.01 * x]
  })
  const [low, high] = seedInterval([0.2, 0.2], [0.5, 0.5], draws)
  expect(low).toBeCloseTo(0.3 - 0.0196, 2)
  expect(high).toBeCloseTo(0.3 + 0.0196, 2)
  expect(seedInterval([0.2, 0.2], [0.5, 0.5], [])).toEqual([0.3, 0.3])
})

test('without rows that matter the interval is Welch’s', () => {
  // R's t.test(c(.5, .7, .6), c(.2, .25)): difference .375, standard error .0629, 2.69 degrees of freedom.
  const [low, high] = seedInterval([0.2, 0.25], [0.5, 0.7, 0.6], [])
  const error = Math.sqrt(0.01 / 3 + 0.00125 / 2)
  const freedom = error ** 4 / ((0.01 / 3) ** 2 / 2 + (0.00125 / 2) ** 2)
  expect(high - 0.375).toBeCloseTo(studentQuantile(freedom) * error, 12)
  expect(0.375 - low).toBeCloseTo(studentQuantile(freedom) * error, 12)
})
