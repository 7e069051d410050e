import { harmonicMean } from '../metric/index.ts'
import type { Benchmark, BenchmarkComposite, BenchmarkMetric } from './benchmark.ts'
import type { MetricKind, MetricKinds, Scores } from './kind/kind.ts'
import type { SampleRecord } from './record.ts'

/** The reason for which something has no value. */
export class Missing {
  readonly reason: string
  constructor(reason: string) {
    this.reason = reason
  }
}
export type Value = number | Missing
export type Values = ReadonlyMap<string, Value>

/** Scores by metric and set, or why a metric has none. */
export type AllScores = ReadonlyMap<string, Scores | Missing>

/** The references that values are taken beside: scores of the model never trained on the forget set, and values of the original model. */
export interface Beside {
  readonly neverTrained: AllScores | null
  readonly original: Values | null
}

/** A record's place, for finding the same row of another model. */
export const rowKey = ({ set, index }: SampleRecord) => `${set} ${index}`

/**
 * Every metric's score of every record.
 *
 * @param neverTrained records of that model by {@link rowKey}
 */
export function scoreAll(
  benchmark: Benchmark,
  records: readonly SampleRecord[],
  neverTrained: ReadonlyMap<string, SampleRecord>,
  kinds: MetricKinds,
): AllScores {
  const bySet = new Map<string, SampleRecord[]>()
  for (const record of records) push(bySet, record.set, record)
  return new Map(
    Object.entries(benchmark.metrics).map(([key, metric]): [string, Scores | Missing] => {
      const { kind, options } = kindOf(metric, kinds)
      const scores: Record<string, (number | null)[]> = {}
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

/** Every metric's and composite's value of such scores. */
export function allValues(
  benchmark: Benchmark,
  scores: AllScores,
  beside: Beside,
  kinds: MetricKinds,
): Values {
  const values = new Map<string, Value>()
  for (const [key, metric] of Object.entries(benchmark.metrics)) {
    const { kind, options } = kindOf(metric, kinds)
    const own = scores.get(key) as Scores | Missing
    const other = beside.neverTrained?.get(key) ?? null
    if (own instanceof Missing) values.set(key, own)
    else if (kind.needsNeverTrained && (!other || other instanceof Missing))
      values.set(key, new Missing('needs the records of a model never trained on the forget set'))
    else {
      const reference = other && !(other instanceof Missing) ? other : null
      values.set(
        key,
        finite(() => kind.value(own, options, reference)),
      )
    }
  }
  for (const [key, composite] of Object.entries(benchmark.composites))
    values.set(key, combined(composite, values, beside.original))
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

const known = new WeakMap<BenchmarkMetric, { kind: MetricKind; options: unknown }>()

/** The kind of a metric and its options, defaults filled in; read once, for every resample asks. */
export function kindOf(
  metric: BenchmarkMetric,
  kinds: MetricKinds,
): { kind: MetricKind; options: unknown } {
  const kind = kinds.get(metric.kind)
  if (!kind) throw new Error(`internal: no metric kind ${metric.kind}`)
  const before = known.get(metric)
  if (before?.kind === kind) return before
  const found = { kind, options: kind.schema.parse(metric.options) }
  known.set(metric, found)
  return found
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

function push<Item>(lists: Map<string, Item[]>, key: string, item: Item): void {
  const list = lists.get(key)
  if (list) list.push(item)
  else lists.set(key, [item])
}
