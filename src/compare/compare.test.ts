import { describe, expect, it } from 'vitest'
import { UserError } from '../error.ts'
import { benchmarkSchema } from '../measure/benchmark.ts'
import type { SampleRecord } from '../measure/record.ts'
import { benchmarkResults } from '../measure/results.ts'
import { answered } from '../measure/testing/answered.ts'
import { ownColumns } from './columns.ts'
import { type ComparedRun, flatten } from './compared-run.ts'
import { compareRuns } from './comparison.ts'
import { differingPaths, groupRuns } from './groups.ts'
import { nonDominated } from './pareto.ts'
import { unlikeness } from './run-likeness.ts'
import { spreadOf } from './seed-spread.ts'

/** Records whose probability is as given, by example. */
function records(set: 'forget' | 'retain', probabilities: readonly number[]): SampleRecord[] {
  return probabilities.map((probability, index) =>
    answered({
      ...{ set, index, probability },
      prompt: `${set} ${index}?`,
      generated: probability > 0.5 ? 'one two three four' : 'else',
    }),
  )
}

function run(
  method: string,
  seed: number,
  after: { forget: number[]; retain: number[] } | null,
  more: Partial<ComparedRun> = {},
): ComparedRun {
  return {
    name: `${method}-${seed}`,
    settings: {
      'method.id': method,
      'train.seed': seed,
      output: `runs/${method}`,
      'train.epochs': 5,
    },
    seed,
    before: [...records('forget', [0.9, 0.8]), ...records('retain', [0.9, 0.9])],
    after: after ? [...records('forget', after.forget), ...records('retain', after.retain)] : [],
    evaluations: [],
    trouble: null,
    stepMilliseconds: 100,
    peakBytes: 1e9,
    ...more,
  }
}

const options = { forgetMetric: 'forget.probability', utilityMetric: 'retain.probability' }

it('flattens settings; a list is one value', () => {
  expect(flatten({ a: { b: 1, c: [1, 2] }, d: null })).toEqual({ 'a.b': 1, 'a.c': [1, 2], d: null })
})

describe('groups', () => {
  const runs = [run('npo', 0, null), run('npo', 1, null), run('blur', 0, null)]

  it('are runs that differ in their seed only', () => {
    expect(differingPaths(runs)).toEqual(['method.id'])
    expect(groupRuns(runs).map(({ name, runs: own }) => [name, own.length])).toEqual([
      ['npo', 2],
      ['blur', 1],
    ])
  })

  it('of one method are named by what tells them apart', () => {
    const other = { ...runs[2], settings: { ...runs[2].settings, 'method.gamma': 0.1 } }
    const names = groupRuns([...runs, other]).map(({ name }) => name)
    expect(names).toEqual(['npo', 'blur, gamma –', 'blur, gamma 0.1'])
  })

  it('do not part where only one was measured on a benchmark too', () => {
    const measured = (settings: object) => ({
      ...run('npo', 2, null),
      settings: { ...runs[0].settings, ...settings },
    })
    const names = groupRuns([
      ...runs,
      measured({ 'evaluate.benchmark': null }),
      measured({ 'evaluate.benchmark.id': 'tofu/forget05', 'evaluate.benchmark.with': [] }),
    ]).map(({ name }) => name)
    expect(names).toEqual(['npo', 'blur'])
  })
})

describe('unlike runs', () => {
  const first = run('npo', 0, null)

  it('are those of other examples', () => {
    const fewer = { ...run('blur', 0, null), before: first.before.slice(1) }
    expect(unlikeness([first, fewer])).toMatchObject([{ path: 'blur-0', code: 'other-examples' }])
    const other = first.before.map((record) => ({ ...record, prompt: `other ${record.prompt}` }))
    expect(unlikeness([first, { ...first, before: other }])).toMatchObject([
      { code: 'other-examples' },
    ])
  })

  it('are those of another model at the start, and those that were never measured', () => {
    const less = first.before.map((record) => answered({ ...record, probability: Math.exp(-3) }))
    expect(unlikeness([first, { ...first, before: less }])).toMatchObject([{ code: 'other-start' }])
    expect(unlikeness([{ ...first, before: [] }])).toMatchObject([{ code: 'not-measured' }])
    expect(() => compareRuns([first, { ...first, before: less }], options)).toThrow(UserError)
  })
})

it('runs that were measured in another way are unlike too', () => {
  const first = run('npo', 0, null)
  const settings = { ...first.settings, 'evaluate.maxNewTokens': 2 }
  expect(unlikeness([first, { ...first, settings }])).toMatchObject([
    { code: 'unlike', expected: 'evaluate.maxNewTokens nothing', got: '2' },
  ])
})

describe('statistics', () => {
  it('mean and deviation over seeds', () => {
    expect(spreadOf([1, 2, 3])).toEqual({ mean: 2, deviation: 1, count: 3 })
    expect(spreadOf([4])).toEqual({ mean: 4, deviation: null, count: 1 })
    expect(spreadOf([])).toBeNull()
  })

  const changeOf = (key: string, runs: ComparedRun[], baseline: ComparedRun[]) =>
    ownColumns(runs[0])
      .changes(runs, baseline)
      .find((change) => change.key === key)

  it('a change that every example has is itself, without doubt', () => {
    const a = run('npo', 0, { forget: [0.5, 0.3], retain: [0.9, 0.9] })
    const b = run('blur', 0, { forget: [0.4, 0.2], retain: [0.9, 0.9] })
    const found = changeOf('forget.probability', [b], [a])
    expect(found?.value).toBeCloseTo(-0.1, 12)
    expect(found?.interval?.[0]).toBeCloseTo(-0.1, 12)
    expect(found?.interval?.[1]).toBeCloseTo(-0.1, 12)
  })

  it('pairs examples after averaging each over seeds', () => {
    const a = [0, 1].map((seed) =>
      run('npo', seed, { forget: [0.2 + 0.4 * seed, 0.5], retain: [] }),
    )
    const b = [run('blur', 0, { forget: [0.4, 0.5], retain: [] })]
    expect(changeOf('forget.probability', b, a)?.value).toBeCloseTo(0, 12)
    expect(changeOf('retain.probability', b, a)).toBeUndefined()
  })
})

describe('the front', () => {
  const point = (name: string, forget: number, utility: number, eligible = true) => {
    return { name, forget, utility, eligible }
  }

  it('has what nothing beats, equals included', () => {
    const points = [
      point('a', 0.1, 0.5),
      point('b', 0.2, 0.9),
      point('c', 0.2, 0.8),
      point('d', 0.1, 0.5),
      point('e', 0.3, 0.9),
    ]
    expect(nonDominated(points).map(({ name }) => name)).toEqual(['a', 'd', 'b'])
  })

  it('has no point of a run that had trouble, and such a point beats nothing', () => {
    const points = [point('stopped', 0, 1, false), point('a', 0.5, 0.5)]
    expect(nonDominated(points).map(({ name }) => name)).toEqual(['a'])
  })
})

describe('comparison', () => {
  const runs = [
    run('npo', 0, { forget: [0.1, 0.1], retain: [0.8, 0.8] }),
    run('npo', 1, { forget: [0.2, 0.2], retain: [0.6, 0.6] }),
    run('blur', 0, { forget: [0.1, 0.1], retain: [0.9, 0.9] }),
    run('ga', 0, { forget: [0, 0], retain: [0.1, 0.1] }),
    run('kl', 0, null, { trouble: 'guard collapse at step 3' }),
  ]

  it('never calls a broken model or a stopped run best', () => {
    const { rows, references, baseline } = compareRuns(runs, options)
    expect(baseline).toBe('npo')
    expect(rows.map(({ name, isBest }) => [name, isBest])).toEqual([
      ['npo', false],
      ['blur', true],
      ['ga', false],
      ['kl', false],
    ])
    expect(rows[0].values['retain.probability']).toMatchObject({ count: 2 })
    expect(rows[2].troubles).toEqual([
      'seed 0: retain.probability 0.100 is below half of the original’s 0.900',
    ])
    expect(rows[3].troubles).toEqual(['seed 0: guard collapse at step 3'])
    expect(references[0].values['forget.probability']).toBeCloseTo(0.85, 12)
  })

  it('counts not-a-number as broken, and shows a run that was never measured', () => {
    const nan = run('nan', 0, { forget: [Number.NaN, 0.1], retain: [Number.NaN, Number.NaN] })
    const early = run('early', 0, null, { before: [], trouble: 'failed: no disk' })
    const { rows } = compareRuns([early, nan, ...runs], options)
    expect(rows.map(({ name, isBest }) => [name, isBest])).toContainEqual(['nan', false])
    expect(rows[0]).toMatchObject({ name: 'early', troubles: ['seed 0: failed: no disk'] })
    expect(rows[1].troubles).toEqual(['seed 0: retain.probability is not a number'])
  })

  it('refuses the same seed twice in one row', () => {
    expect(() => compareRuns([runs[0], runs[0]], options)).toThrow('seed 0 again: npo-0, npo-0')
  })

  it('knows its rows and metrics', () => {
    expect(compareRuns(runs, { ...options, baseline: 'blur' }).baseline).toBe('blur')
    expect(() => compareRuns(runs, { ...options, baseline: 'blurr' })).toThrow('one of npo; blur')
    for (const axes of [{ forgetMetric: 'forget.x' }, { utilityMetric: 'retain.repetition' }])
      expect(() => compareRuns(runs, { ...options, ...axes })).toThrow(UserError)
  })
})

describe('benchmarks that runs share', () => {
  const benchmark = benchmarkSchema.parse({
    id: 'mine',
    title: 'Mine',
    sets: { forget: { file: 'f' }, kept: { file: 'k' } },
    metrics: {
      known: { kind: 'probability', better: 'neverTrained', options: { set: 'forget' } },
      kept: { kind: 'probability', better: 'higher', options: { set: 'kept' } },
    },
    ranking: { forget: 'known', utility: 'kept' },
  })
  const fileOf = (limit: number | null) => ({
    identity: {
      ...{ benchmark: 'mine', declaration: 'd', model: 'm', tokenizer: 't', lethe: '0.2.0' },
      ...{ data: {}, templates: {}, limit, split: null },
    },
    ...{ modelName: 'm', truncatedTexts: 0, missingSets: [], work: null },
  })
  const evaluated = (
    method: string,
    seed: number,
    [known, kept]: number[],
    limit: number | null = null,
  ) => {
    const of = (set: string, probability: number) =>
      [0, 1].map((index) => answered({ ...{ set, index, probability } }))
    const own = [...of('forget', known), ...of('kept', kept)]
    const original = [...of('forget', 1), ...of('kept', 1)]
    const neverTrained = [...of('forget', 0.25), ...of('kept', 1)]
    const results = benchmarkResults(benchmark, { model: own, original, neverTrained })
    const evaluation = { benchmark, results, warnings: [], file: fileOf(limit), records: () => own }
    const after = { forget: [0.1, 0.1], retain: [0.9, 0.9] }
    return run(method, seed, after, { evaluations: [evaluation] })
  }
  const runs = [
    ...[0, 1].map((seed) => evaluated('npo', seed, [0.5, 0.75 + seed / 4])),
    ...[0, 1].map((seed) => evaluated('ga', seed, [0.25, 0.25])),
  ]

  it('are columns, with both references, changes and what they break', () => {
    const { rows, references, metrics, notShown } = compareRuns(runs, options)
    expect(metrics.at(-2)).toEqual({ key: 'mine:known', direction: 'neverTrained' })
    expect(rows[0].values['mine:kept']?.mean).toBeCloseTo(0.875, 12)
    expect(rows[1].changes['mine:known']?.value).toBeCloseTo(-0.25, 12)
    expect(references.map(({ name, values }) => [name, values['mine:kept']])).toEqual([
      ['original', 1],
      ['never trained', 1],
    ])
    expect(rows[1].troubles[0]).toContain('mine:kept 0.250 is below half of the original’s 1.000')
    const titles = notShown.map(({ title }) => title)
    expect(titles).not.toContain('One seed')
    expect(titles).not.toContain('No comparison with retraining')
  })

  it('may be what the figure shows', () => {
    const axes = { forgetMetric: 'mine:known', utilityMetric: 'mine:kept' }
    expect(compareRuns(runs, axes).rows.map(({ isBest }) => isBest)).toEqual([true, false])
    const wrong = { ...axes, forgetMetric: 'mine:kept' }
    expect(() => compareRuns(runs, wrong)).toThrow('forget.probability, forget.rougeL')
  })

  it('are left out where they were measured otherwise, which is said', () => {
    const other = evaluated('blur', 0, [0.5, 1], 20)
    const { rows, notes } = compareRuns([...runs, other], options)
    expect(rows[2].values['mine:kept']).toBeNull()
    expect(notes).toEqual(['mine of blur-0 is left out: expected limit null, got 20'])
  })
})
