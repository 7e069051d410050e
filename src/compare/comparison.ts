import { type Problem, UserError } from '../error.ts'
import type { Direction } from '../measure/benchmark.ts'
import type { BenchmarkChange } from '../measure/changes.ts'
import { type NotShown, notShown } from '../measure/not-shown.ts'
import { brokenReason } from '../measure/trust.ts'
import { axisMetrics, benchmarkColumns, type Columns, ownColumns } from './columns.ts'
import type { ComparedRun } from './compared-run.ts'
import { differingPaths, groupRuns, type RunGroup } from './groups.ts'
import { nonDominated, type ParetoPoint } from './pareto.ts'
import { unlikeness } from './run-likeness.ts'
import { type Spread, spreadOf } from './seed-spread.ts'

/** One row: runs of equal settings. */
export interface ComparisonRow {
  readonly name: string
  readonly seeds: readonly number[]
  /** The settings that are not the same in all rows. */
  readonly settings: Readonly<Record<string, unknown>>
  /** By metric key such as `forget.rougeL` or `tofu/forget05:modelUtility`; null where no run got so far. */
  readonly values: Readonly<Record<string, Spread | null>>
  /** Against the baseline, by metric key. */
  readonly changes: Readonly<Record<string, BenchmarkChange | null>>
  readonly stepMilliseconds: Spread | null
  readonly peakBytes: Spread | null
  /** What is wrong with runs of the row: a guard, an early end, a model that no longer works. */
  readonly troubles: readonly string[]
  /** No other row is better in forgetting and as good in utility, or the other way round. */
  readonly isBest: boolean
}

/** A model that is not a result: the original, or one that never saw the forget set. */
export interface ReferenceModel {
  readonly name: string
  /** null where it has none */
  readonly values: Readonly<Record<string, number | null>>
}

/** The comparison of runs as plain data. */
export interface Comparison {
  readonly baseline: string
  readonly metrics: readonly { readonly key: string; readonly direction: Direction }[]
  readonly axes: { readonly forget: string; readonly utility: string }
  readonly differing: readonly string[]
  readonly references: readonly ReferenceModel[]
  readonly rows: readonly ComparisonRow[]
  /** What is left out, and why. */
  readonly notes: readonly string[]
  readonly notShown: readonly NotShown[]
}

export interface CompareOptions {
  /** Name of the row that others are compared with; the first unless given. */
  readonly baseline?: string
  readonly forgetMetric: string
  readonly utilityMetric: string
  /** A model that never saw the forget set. */
  readonly neverTrained?: ReferenceModel
}

/**
 * Compares runs: settings that differ, metrics over seeds, paired changes against a baseline, the Pareto front.
 *
 * @throws UserError where runs are not alike, with every reason, or where the baseline or a metric is unknown
 */
export function compareRuns(runs: readonly ComparedRun[], options: CompareOptions): Comparison {
  const problems = [...unlikeness(runs), ...repeatedSeeds(groupRuns(runs))]
  if (problems.length > 0) throw new UserError(problems)
  const own = ownColumns(runs.find(({ before }) => before.length > 0) as ComparedRun)
  const { columns: others, notes } = benchmarkColumns(runs)
  const columns = [own, ...others]
  const axes = { forget: options.forgetMetric, utility: options.utilityMetric }
  for (const axis of ['forget', 'utility'] as const) {
    const fitting = columns.flatMap((each) => axisMetrics(each, axis))
    if (!fitting.includes(axes[axis]))
      throw new UserError({
        code: 'unknown-metric',
        path: `--${axis}-metric`,
        expected: `one of ${fitting.join(', ')}`,
        got: axes[axis],
      })
  }
  const groups = groupRuns(runs)
  const baseline = groups.find(({ name }) => name === options.baseline) ?? groups[0]
  if (options.baseline !== undefined && baseline.name !== options.baseline)
    throw new UserError({
      code: 'unknown-baseline',
      path: '--baseline',
      expected: `one of ${groups.map(({ name }) => name).join('; ')}`,
      got: options.baseline,
    })
  const rows = groups.map((group) => rowOf(group, baseline, columns, axes))
  const points = rows.map(
    ({ name, values, troubles }): ParetoPoint => ({
      name,
      forget: values[axes.forget]?.mean ?? Number.NaN,
      utility: values[axes.utility]?.mean ?? Number.NaN,
      eligible: troubles.length === 0 && Number.isFinite(values[axes.forget]?.mean),
    }),
  )
  const best = new Set(nonDominated(points).map(({ name }) => name))
  const references = referencesOf(columns, options.neverTrained)
  return {
    baseline: baseline.name,
    metrics: columns.flatMap(({ metrics }) => metrics),
    axes,
    differing: differingPaths(runs),
    references,
    rows: rows.map((row) => ({ ...row, isBest: best.has(row.name) })),
    notes,
    notShown: notShown({
      measured: others.map(({ benchmark, prefix, metrics }) => ({
        benchmark,
        keys: metrics.flatMap(({ key }) =>
          rows.some(({ values }) => values[key]) ? [key.slice(prefix.length)] : [],
        ),
      })),
      neverTrained: references.length > 1,
      seeds: Math.min(...groups.map((group) => group.runs.length)),
    }),
  }
}

/** The original model and, where it was measured, one that never saw the forget set. */
function referencesOf(
  columns: readonly Columns[],
  given: ReferenceModel | undefined,
): ReferenceModel[] {
  const all = columns.flatMap(({ references }) => references)
  const valuesOf = (model: 'original' | 'neverTrained') =>
    Object.fromEntries(all.map((result) => [result.key, result[model]]))
  const neverTrained = { ...valuesOf('neverTrained'), ...given?.values }
  const isKnown = Object.values(neverTrained).some((value) => value !== null)
  return [
    { name: 'original', values: valuesOf('original') },
    ...(isKnown ? [{ name: given?.name ?? 'never trained', values: neverTrained }] : []),
  ]
}

function rowOf(
  { name, runs, settings }: RunGroup,
  baseline: RunGroup,
  columns: readonly Columns[],
  axes: Comparison['axes'],
): Omit<ComparisonRow, 'isBest'> {
  const numbers = (of: (run: ComparedRun) => number | null) =>
    spreadOf(runs.map(of).filter((value) => value !== null))
  const troubles = runs.flatMap((run) => {
    const trouble = run.trouble ?? brokenRun(run, columns, axes)
    return trouble === null ? [] : [`seed ${run.seed}: ${trouble}`]
  })
  const values = columns.flatMap((each) => {
    const results = runs.flatMap((run) => each.resultsOf(run) ?? [])
    return each.metrics.map(({ key }): [string, Spread | null] => {
      const own = results.filter((result) => result.key === key).map(({ value }) => value)
      return [key, spreadOf(own.filter((value) => value !== null))]
    })
  })
  const changes = columns.flatMap((each) => {
    const found = new Map(each.changes(runs, baseline.runs).map((change) => [change.key, change]))
    return each.metrics.map(({ key }) => [key, found.get(key) ?? null])
  })
  return {
    name,
    seeds: runs.map(({ seed }) => seed),
    settings,
    values: Object.fromEntries(values),
    changes: Object.fromEntries(changes),
    stepMilliseconds: numbers(({ stepMilliseconds }) => stepMilliseconds),
    peakBytes: numbers(({ peakBytes }) => peakBytes),
    troubles,
  }
}

/** Why a run's model counts as broken by what it was measured on; the chosen utility counts where it is of it. */
function brokenRun(
  run: ComparedRun,
  columns: readonly Columns[],
  { utility }: Comparison['axes'],
): string | null {
  for (const { benchmark, prefix, metrics, resultsOf } of columns) {
    const { ranking } = benchmark
    const isOwn = metrics.some(({ key }) => key === utility)
    const reason = brokenReason(
      {
        utility: isOwn ? utility : `${prefix}${ranking.utility}`,
        repetition: ranking.repetition && `${prefix}${ranking.repetition}`,
      },
      resultsOf(run) ?? [],
    )
    if (reason) return reason
  }
  return null
}

/** The same seed twice in a row is one run twice: it would make the spread look smaller than it is. */
function repeatedSeeds(groups: readonly RunGroup[]): Problem[] {
  return groups.flatMap(({ name, runs }) => {
    const seeds = runs.map(({ seed }) => seed)
    const again = seeds.filter((seed, i) => seeds.indexOf(seed) !== i)
    return again.map((seed) => ({
      code: 'repeated-seed',
      path: name,
      expected: 'each seed once in runs of equal settings',
      got: `seed ${seed} again: ${runs
        .filter((run) => run.seed === seed)
        .map((run) => run.name)
        .join(', ')}`,
    }))
  })
}
