import type { Interval } from '../metric/index.ts'
import type { Benchmark, BenchmarkComposite, Direction } from './benchmark.ts'
import type { MetricKinds } from './kind/kind.ts'
import { metricKinds } from './kind/kinds.ts'
import type { SampleRecord } from './record.ts'
import { type Resampling, resampledIntervals, withoutUndrawn } from './resample.ts'
import { allValues, kindOf, Missing, rowKey, scoreAll, type Values } from './values.ts'

/** The title of a metric and the direction that is better. */
export interface MetricWords {
  readonly key: string
  readonly title: string
  readonly unit: string
  readonly description: string
  readonly source: string
  readonly better: Direction
}

/** The result of one metric of a benchmark, with all that is needed to read it. */
export interface BenchmarkResult extends MetricWords {
  /** null where it has no value; `reason` says why */
  readonly value: number | null
  readonly reason?: string
  /** 95 % percentile bootstrap over the records; null where there is no value, and of p-values */
  readonly interval: Interval | null
  /** records behind it, of all sets that it reads; 0 for a composite */
  readonly count: number
  /** the same of the original model and of the one never trained on the forget set, where their records are known */
  readonly original: number | null
  readonly neverTrained: number | null
}

/** Records of the evaluated model and of its references. */
export interface BenchmarkRecords {
  readonly model: readonly SampleRecord[]
  readonly original: readonly SampleRecord[] | null
  readonly neverTrained: readonly SampleRecord[] | null
}

/**
 * Every metric and composite of a benchmark, from records alone.
 *
 * Intervals draw the records of each set again, with replacement and the same draws for all metrics, and take the 2.5 %
 * and 97.5 % quantiles; the references stay as they are. P-values, and what is made of them, have none.
 *
 * @param kinds what its metrics may be of; those that ship unless given
 */
export function benchmarkResults(
  benchmark: Benchmark,
  records: BenchmarkRecords,
  resampling: Resampling = {},
  kinds: MetricKinds = metricKinds,
): BenchmarkResult[] {
  const beside = new Map(records.neverTrained?.map((record) => [rowKey(record), record]))
  const scored = (own: readonly SampleRecord[]) => scoreAll(benchmark, own, beside, kinds)
  const neverTrainedScores = records.neverTrained && scored(records.neverTrained)
  const originalScores = records.original && scored(records.original)
  const valuesOf = (scores: ReturnType<typeof scored>, original: Values | null, of = benchmark) =>
    allValues(of, scores, { neverTrained: neverTrainedScores, original }, kinds)
  const originalBase = originalScores && valuesOf(originalScores, null)
  const original = originalScores && valuesOf(originalScores, originalBase)
  const neverTrained = neverTrainedScores && valuesOf(neverTrainedScores, originalBase)
  const scores = scored(records.model)
  const drawnPart = withoutUndrawn(benchmark, kinds)
  const intervals = resampledIntervals(
    scores,
    (drawn) => valuesOf(drawn, originalBase, drawnPart),
    resampling,
  )
  const isDrawn = (key: string) => key in drawnPart.metrics || key in drawnPart.composites
  const words = new Map(metricWords(benchmark, kinds).map((each) => [each.key, each]))
  const plain = (found: Values | null, key: string) => {
    const value = found?.get(key)
    return typeof value === 'number' ? value : null
  }
  return [...valuesOf(scores, originalBase)].map(([key, value]) => {
    const own = scores.get(key)
    const sets = own && !(own instanceof Missing) ? Object.values(own) : []
    return {
      ...(words.get(key) as MetricWords),
      value: typeof value === 'number' ? value : null,
      ...(value instanceof Missing && { reason: value.reason }),
      interval:
        typeof value === 'number' && isDrawn(key)
          ? (intervals.get(key) ?? ([value, value] as const))
          : null,
      count: sets.reduce((sum, { length }) => sum + length, 0),
      original: plain(original, key),
      neverTrained: plain(neverTrained, key),
    }
  })
}

/** The names and directions of all numbers of a benchmark, in order. */
export function metricWords(
  { metrics, composites }: Benchmark,
  kinds: MetricKinds = metricKinds,
): MetricWords[] {
  return [
    ...Object.entries(metrics).map(([key, metric]) => {
      const { kind, options } = kindOf(metric, kinds)
      const { title, unit, description, source } = kind
      const said = (text: typeof title) => (typeof text === 'string' ? text : text(options))
      const { better } = metric
      return { key, title: said(title), unit, description: said(description), source, better }
    }),
    ...Object.entries(composites).map(([key, composite]) => ({
      key,
      title: key,
      unit: 'share',
      description: describeComposite(composite),
      source: '',
      better: composite.better,
    })),
  ]
}

/** What a composite is, in words. */
export function describeComposite({ combine, of }: BenchmarkComposite): string {
  const parts = of.map(({ metric, complement, overOriginal }) => {
    const value = complement ? `1 − ${metric}` : metric
    return overOriginal ? `${value} / original` : value
  })
  return `${combine === 'mean' ? 'Mean' : 'Harmonic mean'} of ${parts.join(', ')}.`
}
