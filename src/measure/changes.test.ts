import { describe, expect, test } from 'vitest'
import { rocAuc } from '../metric/index.ts'
import { benchmarkSchema } from './benchmark.ts'
import { benchmarkChanges } from './changes.ts'
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
    expect(changes.get('known')).toEqual({ key: 'known', value: null, interval: null })
  })
})
