import { setsOf as measuredSets, takedown, takedownDraws } from '../benchmark/takedown.ts'
import type { Benchmark, Direction } from '../measure/benchmark.ts'
import { type BenchmarkChange, benchmarkChanges } from '../measure/changes.ts'
import { unlikeProblems } from '../measure/evaluation/evaluation-file.ts'
import { metricKinds } from '../measure/kind/kinds.ts'
import type { SampleRecord } from '../measure/record.ts'
import { type BenchmarkResult, benchmarkResults } from '../measure/results.ts'
import { kindOf } from '../measure/values.ts'
import type { ComparedEvaluation, ComparedRun } from './compared-run.ts'

/** The numbers of one benchmark for all runs; of the runs' own measuring too. */
export interface Columns {
  readonly benchmark: Benchmark
  /** before each key: benchmarks have keys in common */
  readonly prefix: string
  readonly metrics: readonly { readonly key: string; readonly direction: Direction }[]
  /** of a run's model, with values of the reference models beside; null where it was not measured */
  resultsOf(run: ComparedRun): readonly BenchmarkResult[] | null
  /** of the original model and, where it was measured, of one never trained on the forget set */
  readonly references: readonly Pick<BenchmarkResult, 'key' | 'original' | 'neverTrained'>[]
  /** of a group of runs against another */
  changes(runs: readonly ComparedRun[], baseline: readonly ComparedRun[]): BenchmarkChange[]
}

/** The runs' own measuring, on the sets that the first measured. */
export function ownColumns(measured: ComparedRun): Columns {
  const benchmark = takedown({ sets: measuredSets(measured.before) })
  const resultsOf = (model: readonly SampleRecord[], original: readonly SampleRecord[]) =>
    benchmarkResults(benchmark, { model, original, neverTrained: null }, { resamples: 0 })
  return {
    benchmark,
    prefix: '',
    metrics: metricsOf(benchmark, ''),
    resultsOf: ({ after }) => (after.length > 0 ? resultsOf(after, measured.before) : null),
    references: resultsOf(measured.before, measured.before),
    changes: (runs, baseline) =>
      benchmarkChanges(benchmark, afterOf(baseline), afterOf(runs), takedownDraws),
  }
}

function afterOf(runs: readonly ComparedRun[]) {
  return runs.map(({ after }) => after).filter(({ length }) => length > 0)
}

/**
 * Benchmarks on which at least two of the runs were measured alike, or one where there is no other run.
 *
 * @returns also why evaluations are left out
 */
export function benchmarkColumns(runs: readonly ComparedRun[]): {
  readonly columns: readonly Columns[]
  readonly notes: readonly string[]
} {
  const notes: string[] = []
  const ids = new Set(runs.flatMap((run) => run.evaluations.map(({ benchmark }) => benchmark.id)))
  const columns = [...ids].flatMap((id) => {
    const all = runs.flatMap((run) => {
      const evaluation = run.evaluations.find(({ benchmark }) => benchmark.id === id)
      return evaluation ? [[run, evaluation] as const] : []
    })
    const [[, first]] = all
    const alike = all.filter(([run, { file }]) => {
      const [problem] = unlikeProblems(first.file, file, run.name)
      if (problem)
        notes.push(
          `${id} of ${run.name} is left out: expected ${problem.expected}, got ${problem.got}`,
        )
      return !problem
    })
    if (alike.length < 2 && runs.length > 1) return []
    const foreign = foreignKinds(first.benchmark)
    if (foreign.length > 0)
      notes.push(
        `${id}: no changes of metrics by ${foreign.join(', ')}, which a plugin defines: their values are as they were stored`,
      )
    return [columnsOf(first, new Map(alike))]
  })
  return { columns, notes }
}

/** A suite of thirty numbers takes a second for a hundred draws and three models: a page of twenty rows has to come. */
const fewDraws = { resamples: 200 }

function columnsOf(
  { benchmark, results }: ComparedEvaluation,
  evaluations: ReadonlyMap<ComparedRun, ComparedEvaluation>,
): Columns {
  const prefix = `${benchmark.id}:`
  const prefixed = <Item extends { readonly key: string }>(items: readonly Item[]): Item[] =>
    items.map((item) => ({ ...item, key: `${prefix}${item.key}` }))
  const known = withoutForeign(benchmark)
  const recordsOf = (runs: readonly ComparedRun[]) =>
    runs.flatMap((run) => {
      const found = evaluations.get(run)
      return found ? [found.records()] : []
    })
  return {
    benchmark,
    prefix,
    metrics: metricsOf(benchmark, prefix),
    resultsOf(run) {
      const found = evaluations.get(run)
      return found ? prefixed(found.results) : null
    },
    references: prefixed(results),
    changes: (runs, baseline) =>
      runs === baseline
        ? []
        : prefixed(benchmarkChanges(known, recordsOf(baseline), recordsOf(runs), fewDraws)),
  }
}

function metricsOf({ metrics, composites }: Benchmark, prefix: string): Columns['metrics'] {
  return Object.entries({ ...metrics, ...composites }).map(([key, { better }]) => ({
    key: `${prefix}${key}`,
    direction: better,
  }))
}

/** Metrics that may stand for forgetting or for utility: what the benchmark ranks by, and what goes the same way on the same sets. */
export function axisMetrics(
  { benchmark, prefix, metrics }: Columns,
  axis: 'forget' | 'utility',
): string[] {
  const main = benchmark.ranking[axis]
  const wanted = axis === 'forget' ? 'lower' : 'higher'
  const sets = new Set(setsOf(benchmark, main))
  return metrics.flatMap(({ key, direction }) => {
    const own = key.slice(prefix.length)
    const read = setsOf(benchmark, own)
    const fits = direction === wanted && read?.every((set) => sets.has(set))
    return own === main || fits ? [key] : []
  })
}

/** The sets that a metric or composite reads; null where a plugin would have to be asked. */
function setsOf(benchmark: Benchmark, key: string): readonly string[] | null {
  const metric = benchmark.metrics[key]
  if (metric) {
    if (!metricKinds.has(metric.kind)) return null
    const { kind, options } = kindOf(metric, metricKinds)
    return kind.sets(options)
  }
  const parts = (benchmark.composites[key]?.of ?? []).map((part) => setsOf(benchmark, part.metric))
  return parts.some((sets) => sets === null) ? null : (parts as string[][]).flat()
}

/** Kinds of its metrics that do not ship: a comparison runs no code of plugins. */
function foreignKinds({ metrics }: Benchmark): string[] {
  const kinds = Object.values(metrics).map(({ kind }) => kind)
  return [...new Set(kinds.filter((kind) => !metricKinds.has(kind)))]
}

/** The benchmark with what can be computed of records without plugins. */
function withoutForeign(benchmark: Benchmark): Benchmark {
  const metrics = Object.fromEntries(
    Object.entries(benchmark.metrics).filter(([, { kind }]) => metricKinds.has(kind)),
  )
  const composites = Object.fromEntries(
    Object.entries(benchmark.composites).filter(([, { of }]) =>
      of.every(({ metric }) => metric in metrics || !(metric in benchmark.metrics)),
    ),
  )
  return { ...benchmark, metrics, composites }
}
