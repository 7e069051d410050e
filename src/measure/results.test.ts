import { expect, test } from 'vitest'
import { benchmarks } from '../benchmark/benchmarks.ts'
import { type Leaderboard, rankedRows, seedSpread } from '../compare/leaderboard.ts'
import { ksTwoSample, rocAuc } from '../metric/index.ts'
import { type BenchmarkDefinition, benchmarkSchema } from './benchmark.ts'
import { metricKinds } from './kind/kinds.ts'
import type { RecordedText, SampleRecord } from './record.ts'
import { benchmarkResults } from './results.ts'
import { brokenReason, trustWarnings } from './trust.ts'

const text = (...logProbs: number[]): RecordedText => ({
  text: 'a b',
  logProbs,
  firstChoice: logProbs.map((logProb) => (logProb > -1 ? '1' : '0')).join(''),
})

/** A row whose answer has loss `loss`, and wrong answers of loss 2. */
function row(set: string, index: number, loss: number, generated = 'Ada Lovelace'): SampleRecord {
  return {
    set,
    index,
    prompt: 'Who?',
    texts: {
      answer: [text(-loss, -loss)],
      paraphrased: [text(-loss)],
      perturbed: [text(-2), text(-2)],
    },
    generated,
    reference: 'Ada Lovelace',
  }
}
const rows = (set: string, losses: readonly number[]) => losses.map((loss, i) => row(set, i, loss))

const definition: BenchmarkDefinition = {
  id: 'mine',
  title: 'Mine',
  sets: {
    forget: { file: 'f.json' },
    holdout: { file: 'h.json' },
    retain: { file: 'r.json' },
  },
  metrics: {
    probability: { kind: 'probability', better: 'lower', options: { set: 'forget' } },
    quality: { kind: 'forget-quality', better: 'higher', options: { set: 'forget' } },
    qualityLog: { kind: 'forget-quality-log10', better: 'higher', options: { set: 'forget' } },
    attack: { kind: 'membership', better: { target: 0.5 }, options: { attack: 'loss' } },
    beside: {
      kind: 'membership',
      better: { target: 0.5 },
      options: { attack: 'reference' },
    },
    kept: { kind: 'rouge', better: 'higher', options: { set: 'retain' } },
    loops: { kind: 'repetition', better: 'lower', options: { set: 'retain' } },
    absent: { kind: 'probability', better: 'lower', options: { set: 'nowhere' } },
  },
  composites: {
    forgotten: {
      combine: 'harmonic-mean',
      better: 'higher',
      of: [{ metric: 'probability', complement: true }, { metric: 'kept' }],
    },
    ofQuality: { combine: 'mean', better: 'higher', of: [{ metric: 'quality' }] },
    share: { combine: 'mean', better: 'higher', of: [{ metric: 'kept', overOriginal: true }] },
  },
  ranking: { forget: 'probability', utility: 'kept', score: 'forgotten', repetition: 'loops' },
}
const benchmark = benchmarkSchema.parse(definition)
const model = [
  ...rows('forget', [0.1, 0.5, 1, 2]),
  ...rows('holdout', [1, 2, 3]),
  ...rows('retain', [0.1, 0.2]),
]
const neverTrained = [
  ...rows('forget', [2, 2.5, 3, 3.5]),
  ...rows('holdout', [1, 2, 3]),
  ...rows('retain', [0.1, 0.2]),
]
const byKey = (results: ReturnType<typeof benchmarkResults>) =>
  new Map(results.map((result) => [result.key, result]))

test('values are those of the definitions, beside both references', () => {
  const results = benchmarkResults(benchmark, { model, original: model, neverTrained })
  const found = byKey(results)
  const losses = [0.1, 0.5, 1, 2]
  const mean = losses.reduce((sum, loss) => sum + Math.exp(-loss), 0) / 4
  expect(found.get('probability')).toMatchObject({ better: 'lower' })
  expect(found.get('probability')?.value).toBeCloseTo(mean, 12)
  expect(found.get('probability')?.neverTrained).toBeLessThan(mean)
  // The truth ratio falls as the answer's loss falls: the samples are apart but for the one at 2.
  const ratio = (loss: number) => Math.exp(-2) / (Math.exp(-loss) + 1e-10)
  const expected = ksTwoSample(losses.map(ratio), [2, 2.5, 3, 3.5].map(ratio)).pValue
  expect(found.get('quality')?.value).toBeCloseTo(expected, 12)
  expect(found.get('attack')?.value).toBe(rocAuc(losses, [1, 2, 3]))
  const gained = losses.map((loss, i) => loss - [2, 2.5, 3, 3.5][i])
  expect(found.get('beside')).toMatchObject({ value: rocAuc(gained, [0, 0, 0]), neverTrained: 0.5 })
  expect(found.get('kept')?.value).toBe(1)
  expect(found.get('share')?.value).toBe(1)
  expect(found.get('forgotten')?.value).toBeCloseTo(2 / (1 / (1 - mean) + 1), 12)
  const [low, high] = found.get('probability')?.interval ?? [Number.NaN, Number.NaN]
  expect(low).toBeLessThan(mean)
  expect(high).toBeGreaterThan(mean)
})

test('a p-value, its logarithm and what is made of it have no interval', () => {
  const found = byKey(benchmarkResults(benchmark, { model, original: model, neverTrained }))
  expect(found.get('qualityLog')?.value).toBeCloseTo(
    Math.log10(found.get('quality')?.value ?? 0),
    12,
  )
  for (const key of ['quality', 'qualityLog', 'ofQuality'])
    expect(found.get(key)).toMatchObject({ value: expect.any(Number), interval: null })
  expect(found.get('share')?.interval).toHaveLength(2)
})

test('what has no value says why', () => {
  const found = byKey(benchmarkResults(benchmark, { model, original: null, neverTrained: null }))
  expect(found.get('quality')).toMatchObject({ value: null, interval: null })
  expect(found.get('quality')?.reason).toContain('never trained')
  expect(found.get('beside')?.reason).toContain('never trained')
  expect(found.get('absent')?.reason).toBe('no records of "nowhere"')
  expect(found.get('share')?.reason).toContain('original model')
})

test('a broken model is called broken, and every way to win by it is named', () => {
  const loop = 'the same the same the same the same the same the same the same'
  const collapsed = [
    ...rows('forget', [9, 9, 9, 9]),
    ...rows('holdout', [9, 9, 9]),
    row('retain', 0, 9, loop),
    row('retain', 1, 9, loop),
  ]
  const results = benchmarkResults(benchmark, { model: collapsed, original: model, neverTrained })
  expect(brokenReason(benchmark.ranking, results)).toMatch(/repeats itself/)
  const warnings = trustWarnings(benchmark, results)
  expect(warnings[0]).toMatch(/^The model is broken/)
  expect(warnings.join('\n')).toMatch(/forgotten is 0 because .*: kept/)
})

test('a benchmark’s cautions are told where their values are met', () => {
  const reading = {
    first: [],
    settles: {},
    cautions: [
      {
        broken: true,
        when: [{ metric: 'probability', below: 0.01 }],
        text: 'Low at {probability}.',
      },
      { broken: false, when: [{ metric: 'kept', above: 1 }], text: 'Never.' },
      { broken: false, when: [{ metric: 'absent' }], text: 'Without a value.' },
    ],
  }
  const warningsOf = (loss: number, keptLoss: number) => {
    const loop = keptLoss > 1 ? 'no no no no no no no no no no' : 'Ada Lovelace'
    const records = [...rows('forget', [loss, loss]), row('retain', 0, keptLoss, loop)]
    const results = benchmarkResults(benchmark, { model: records, original: model, neverTrained })
    return trustWarnings({ ...benchmark, reading }, results).join('\n')
  }
  expect(warningsOf(9, 9)).toContain('Low at 0.000.')
  expect(warningsOf(9, 0.1)).not.toContain('Low at')
  expect(warningsOf(9, 9)).not.toMatch(/Never|Without/)
})

test('a model whose utility is no longer a number is broken', () => {
  const nan = { key: 'kept', value: null, original: 1 }
  expect(brokenReason(benchmark.ranking, [nan])).toBe('kept is not a number')
  expect(brokenReason(benchmark.ranking, [{ ...nan, original: null }])).toBeNull()
})

test('a model that forgot more than one that never knew is told from one that forgot as much', () => {
  const warningsOf = (forgetLoss: number) => {
    const others = model.filter(({ set }) => set !== 'forget')
    const forgot = [...rows('forget', new Array(4).fill(forgetLoss)), ...others]
    const records = { model: forgot, original: model, neverTrained }
    return trustWarnings(benchmark, benchmarkResults(benchmark, records)).join()
  }
  expect(warningsOf(1)).not.toContain('past the aim')
  expect(warningsOf(9)).toContain('forgotten is above that of the model never trained on the set')
})

test('a ranking puts a broken model below a working one, and no model last', () => {
  const seed = (score: number | null, broken: string | null) => ({
    seed: 0,
    values: score === null ? null : { forgotten: score, kept: 1, probability: 0 },
    trouble: score === null ? 'guard' : null,
    broken,
    stepMilliseconds: null,
    peakBytes: null,
  })
  const board: Leaderboard = {
    benchmark,
    command: '',
    study: null,
    sets: [],
    recipe: '',
    identity: {},
    references: {},
    rows: [
      { name: 'none', method: 'none', settings: [], seeds: [seed(null, null)] },
      { name: 'broken', method: 'broken', settings: [], seeds: [seed(0.99, 'repeats itself')] },
      { name: 'worse', method: 'worse', settings: [], seeds: [seed(0.2, null)] },
      { name: 'better', method: 'better', settings: [], seeds: [seed(0.3, null), seed(0.5, null)] },
    ],
  }
  expect(rankedRows(benchmark, board).map(({ name }) => name)).toEqual([
    'better',
    'worse',
    'broken',
    'none',
  ])
  const spread = seedSpread(board.rows[3], 'forgotten')
  expect(spread?.mean).toBeCloseTo(0.4, 12)
  expect(spread?.deviation).toBeCloseTo(Math.SQRT2 / 10, 12)
})

test('every benchmark that ships names kinds, sets and metrics that exist', () => {
  expect([...benchmarks.keys()]).toEqual([
    'tofu/forget01',
    'tofu/forget05',
    'tofu/forget10',
    'muse/news',
    'muse/books',
    'lume',
    'lume/task1',
    'lume/task2',
    'lume/task3',
    'semeval',
    'wmdp',
    'rwku',
    'general',
  ])
  for (const { id, sets, metrics, composites, ranking } of benchmarks.values()) {
    const values = [...Object.keys(metrics), ...Object.keys(composites)]
    for (const [key, { kind, options }] of Object.entries(metrics)) {
      const found = metricKinds.get(kind)
      const read = found?.sets(found.schema.parse(options)) ?? []
      for (const set of read)
        expect([id, key, Object.keys(sets)]).toContainEqual(expect.arrayContaining([set]))
    }
    for (const { of } of Object.values(composites))
      for (const { metric } of of) expect(values).toContain(metric)
    for (const key of [ranking.forget, ranking.utility, ranking.score, ranking.repetition])
      if (key !== null) expect(values).toContain(key)
  }
})
