import { type Benchmark, type BenchmarkDefinition, benchmarkSchema } from '../measure/benchmark.ts'
import type { SampleRecord } from '../measure/record.ts'
import type { Resampling } from '../measure/resample.ts'
import { type MetricWords, metricWords } from '../measure/results.ts'

/** Which data a record comes from: what has to be forgotten, or what has to stay. */
export type EvaluationSet = 'forget' | 'retain'

export const evaluationSets: readonly EvaluationSet[] = ['forget', 'retain']

const kinds = {
  probability: 'probability',
  rougeL: 'rouge',
  factRecall: 'fact-recall',
  exactMatch: 'exact-match',
  repetition: 'repetition',
} as const

function metricsOf(set: EvaluationSet): BenchmarkDefinition['metrics'] {
  return Object.fromEntries(
    Object.entries(kinds).map(([name, kind]) => {
      const better = set === 'retain' && name !== 'repetition' ? 'higher' : 'lower'
      return [`${set}.${name}`, { kind, better, options: { set } }]
    }),
  )
}

/**
 * What every run is measured on: its own examples of what has to be forgotten and what has to stay, before and after
 * training. Its rows are the run's encoded examples, so its data is no folder and it is in no list of benchmarks.
 */
export function takedown(
  options: { readonly sets?: readonly EvaluationSet[]; readonly maxNewTokens?: number } = {},
): Benchmark {
  const { sets = evaluationSets, maxNewTokens = 64 } = options
  return benchmarkSchema.parse({
    id: 'takedown',
    title: 'What has to be forgotten and what has to stay',
    sets: Object.fromEntries(
      sets.map((set) => [
        set,
        { file: set, texts: { answer: 'answer' }, generate: { maxNewTokens, reference: 'answer' } },
      ]),
    ),
    metrics: Object.assign({}, ...sets.map(metricsOf)),
    ranking: {
      forget: 'forget.rougeL',
      utility: 'retain.rougeL',
      repetition: 'retain.repetition',
    },
  })
}

/** The sets that records are of, in order. */
export function setsOf(records: readonly SampleRecord[]): EvaluationSet[] {
  const found = new Set(records.map(({ set }) => set))
  return evaluationSets.filter((set) => found.has(set))
}

/** How its intervals are drawn: alike in all sets, for no metric reads two of them. */
export const takedownDraws: Resampling = { stream: () => ['bootstrap'] }

/** Names and directions of its metrics, by key. */
export const takedownWords: ReadonlyMap<string, MetricWords> = new Map(
  metricWords(takedown()).map((words) => [words.key, words]),
)
