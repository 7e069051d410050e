import { integer } from '../math/random.ts'
import { harmonicMean, type Interval, percentileInterval } from '../metric/index.ts'
import type { Benchmark, BenchmarkComposite, BenchmarkMetric, Better } from './benchmark.ts'
import type { MetricKind, Scores } from './kind/kind.ts'
import { metricKinds } from './kind/kinds.ts'
import type { SampleRecord } from './record.ts'

/** One number of a benchmark, with all that is needed to read it. */
export interface BenchmarkResult {
  readonly key: string
  readonly title: string
  readonly unit: string
  readonly description: string
  readonly better: Better
  /** null where it has no value; `reason` says why */
  readonly value: number | null
  readonly reason?: string
  /** 95 % percentile bootstrap over the records; null where there is no value */
  readonly interval: Interval | null
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

/** Why something has no value. */
class Missing {
  readonly reason: string
  constructor(reason: string) {
    this.reason = reason
  }
}
type Value = number | Missing
type Values = ReadonlyMap<string, Value>

/**
 * Every metric and composite of a benchmark, from records alone.
 *
 * Intervals draw the records of each set again, with replacement and the same draws for all metrics, and take the 2.5 %
 * and 97.5 % quantiles; the references stay as they are.
 *
 * @param options.resamples 1000 unless told
 */
export function benchmarkResults(
  benchmark: Benchmark,
  records: BenchmarkRecords,
  options: { readonly seed?: number; readonly resamples?: number } = {},
): BenchmarkResult[] {
  const { seed = 0, resamples = 1000 } = options
  const beside = new Map(records.neverTrained?.map((record) => [rowKey(record), record]))
  const scored = (own: readonly SampleRecord[]) => scoreAll(benchmark, own, beside)
  const neverTrainedScores = records.neverTrained && scored(records.neverTrained)
  const originalScores = records.original && scored(records.original)
  const valuesOf = (scores: AllScores, original: Values | null) =>
    allValues(benchmark, scores, neverTrainedScores, original)
  const originalBase = originalScores && valuesOf(originalScores, null)
  const original = originalScores && valuesOf(originalScores, originalBase)
  const neverTrained = neverTrainedScores && valuesOf(neverTrainedScores, originalBase)
  const scores = scored(records.model)
  const values = valuesOf(scores, originalBase)
  const draws = new Map<string, number[]>()
  for (let draw = 0; draw < resamples; draw++)
    for (const [key, value] of valuesOf(drawn(scores, seed, draw), originalBase))
      if (typeof value === 'number') push(draws, key, value)

  const plain = (found: Values | null, key: string) => {
    const value = found?.get(key)
    return typeof value === 'number' ? value : null
  }
  return [...values].map(([key, value]) => {
    const metric = benchmark.metrics[key]
    const kind = metric && kindOf(metric)
    const composite = benchmark.composites[key]
    return {
      key,
      title: kind?.title ?? key,
      unit: kind?.unit ?? 'share',
      description: kind?.description ?? describe(composite),
      better: (metric ?? composite).better,
      value: typeof value === 'number' ? value : null,
      ...(value instanceof Missing && { reason: value.reason }),
      interval: typeof value === 'number' ? percentileInterval(draws.get(key) ?? [value]) : null,
      original: plain(original, key),
      neverTrained: plain(neverTrained, key),
    }
  })
}

/** Scores by metric and set, or why a metric has none. */
type AllScores = ReadonlyMap<string, Scores | Missing>

function scoreAll(
  benchmark: Benchmark,
  records: readonly SampleRecord[],
  neverTrained: ReadonlyMap<string, SampleRecord>,
): AllScores {
  const bySet = new Map<string, SampleRecord[]>()
  for (const record of records) push(bySet, record.set, record)
  return new Map(
    Object.entries(benchmark.metrics).map(([key, metric]): [string, Scores | Missing] => {
      const kind = kindOf(metric)
      const options = kind.schema.parse(metric.options)
      const scores: Record<string, number[]> = {}
      for (const set of kind.sets(options)) {
        const own = bySet.get(set)
        if (!own) return [key, new Missing(`no records of "${set}"`)]
        try {
          scores[set] = own.map((record) =>
            kind.score(record, options, neverTrained.get(rowKey(record)) ?? null),
          )
        } catch (error) {
          if (error instanceof RangeError) return [key, new Missing(error.message)]
          throw error
        }
      }
      return [key, scores]
    }),
  )
}

const rowKey = ({ set, index }: SampleRecord) => `${set} ${index}`

function allValues(
  benchmark: Benchmark,
  scores: AllScores,
  neverTrained: AllScores | null,
  original: Values | null,
): Map<string, Value> {
  const values = new Map<string, Value>()
  for (const [key, metric] of Object.entries(benchmark.metrics)) {
    const kind = kindOf(metric)
    const own = scores.get(key) as Scores | Missing
    const beside = neverTrained?.get(key) ?? null
    if (own instanceof Missing) values.set(key, own)
    else if (kind.needsNeverTrained && (!beside || beside instanceof Missing))
      values.set(key, new Missing('needs the records of a model never trained on the forget set'))
    else {
      const reference = beside && !(beside instanceof Missing) ? beside : null
      values.set(
        key,
        finite(() => kind.value(own, kind.schema.parse(metric.options), reference)),
      )
    }
  }
  for (const [key, composite] of Object.entries(benchmark.composites))
    values.set(key, combined(composite, values, original))
  return values
}

function combined(composite: BenchmarkComposite, values: Values, original: Values | null): Value {
  const parts: number[] = []
  for (const { metric, complement, overOriginal } of composite.of) {
    const value = values.get(metric)
    if (value === undefined) return new Missing(`no metric "${metric}"`)
    if (value instanceof Missing) return new Missing(`${metric}: ${value.reason}`)
    const part = complement ? 1 - value : value
    if (!overOriginal) {
      parts.push(part)
      continue
    }
    const before = original ? original.get(metric) : undefined
    if (typeof before !== 'number') return new Missing('needs the records of the original model')
    parts.push(part / before)
  }
  // Rounding may put 1 − x a hair below 0.
  const bounded = parts.map((part) => (part < 0 && part > -1e-9 ? 0 : part))
  return finite(() =>
    composite.combine === 'mean'
      ? bounded.reduce((sum, part) => sum + part, 0) / bounded.length
      : harmonicMean(bounded),
  )
}

function drawn(scores: AllScores, seed: number, draw: number): AllScores {
  const places = new Map<string, Int32Array>()
  const placesOf = (set: string, size: number) => {
    const known = places.get(set)
    if (known) return known
    const made = Int32Array.from({ length: size }, (_, i) =>
      integer(seed, ['bootstrap', set], draw * size + i, size),
    )
    places.set(set, made)
    return made
  }
  return new Map(
    [...scores].map(([key, own]) => [
      key,
      own instanceof Missing
        ? own
        : Object.fromEntries(
            Object.entries(own).map(([set, list]) => [
              set,
              Array.from(placesOf(set, list.length), (place) => list[place]),
            ]),
          ),
    ]),
  )
}

function kindOf(metric: BenchmarkMetric): MetricKind {
  const kind = metricKinds.get(metric.kind)
  if (!kind) throw new Error(`internal: no metric kind ${metric.kind}`)
  return kind
}

function finite(compute: () => number): Value {
  try {
    const value = compute()
    return Number.isFinite(value) ? value : new Missing(`not a finite number: ${value}`)
  } catch (error) {
    if (error instanceof RangeError) return new Missing(error.message)
    throw error
  }
}

function describe({ combine, of }: BenchmarkComposite): string {
  const parts = of.map(({ metric, complement, overOriginal }) => {
    const value = complement ? `1 − ${metric}` : metric
    return overOriginal ? `${value} / original` : value
  })
  return `${combine === 'mean' ? 'Mean' : 'Harmonic mean'} of ${parts.join(', ')}.`
}

function push<Item>(lists: Map<string, Item[]>, key: string, item: Item): void {
  const list = lists.get(key)
  if (list) list.push(item)
  else lists.set(key, [item])
}
