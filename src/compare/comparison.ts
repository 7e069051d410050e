import { type Problem, UserError } from '../error.ts'
import type { Direction } from '../metric/index.ts'
import { metrics } from '../metric/index.ts'
import type { ComparedRun } from './compared-run.ts'
import { differingPaths, groupRuns, type RunGroup } from './groups.ts'
import { unlikeness } from './likeness.ts'
import { nonDominated, type ParetoPoint } from './pareto.ts'
import {
  metricValue,
  type PairedChange,
  pairedChange,
  type Spread,
  spreadOf,
} from './statistics.ts'

/** One row: runs of equal settings. */
export interface ComparisonRow {
  readonly name: string
  readonly seeds: readonly number[]
  /** The settings that are not the same in all rows. */
  readonly settings: Readonly<Record<string, unknown>>
  /** By metric key such as `forget.rougeL`; null where no run got so far. */
  readonly values: Readonly<Record<string, Spread | null>>
  /** Against the baseline, by metric key. */
  readonly changes: Readonly<Record<string, PairedChange | null>>
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
  readonly values: Readonly<Record<string, number>>
}

/** Everything a comparison shows; plain data. */
export interface Comparison {
  readonly baseline: string
  readonly metrics: readonly { readonly key: string; readonly direction: Direction }[]
  readonly axes: { readonly forget: string; readonly utility: string }
  readonly differing: readonly string[]
  readonly references: readonly ReferenceModel[]
  readonly rows: readonly ComparisonRow[]
}

export interface CompareOptions {
  /** Name of the row that others are compared with; the first unless given. */
  readonly baseline?: string
  readonly forgetMetric: string
  readonly utilityMetric: string
  /** A model that never saw the forget set. */
  readonly neverTrained?: ReferenceModel
}

/** Share of the utility before training below which a model counts as broken. */
const brokenShare = 0.5

/**
 * Compares runs: settings that differ, metrics over seeds, paired changes against a baseline, the Pareto front.
 *
 * @throws UserError where runs are not alike, with every reason, or where the baseline or a metric is unknown
 */
export function compareRuns(runs: readonly ComparedRun[], options: CompareOptions): Comparison {
  const problems = [...unlikeness(runs), ...repeatedSeeds(groupRuns(runs))]
  if (problems.length > 0) throw new UserError(problems)
  const measured = runs.find(({ before }) => before.length > 0) as ComparedRun
  const keys = metricKeys(measured)
  const axes = { forget: options.forgetMetric, utility: options.utilityMetric }
  for (const [axis, set, direction] of [
    ['forget', 'forget', 'lower'],
    ['utility', 'retain', 'higher'],
  ] as const) {
    const fitting = keys.filter(
      (key) => key.startsWith(`${set}.`) && directionOf(key) === direction,
    )
    if (!fitting.includes(axes[axis]))
      throw new UserError({
        code: 'unknown-metric',
        path: `--${axis}-metric`,
        expected: `one of ${fitting.join(', ')}, of which ${direction} is better`,
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
  const original: ReferenceModel = {
    name: 'original',
    values: Object.fromEntries(keys.map((key) => [key, metricValue(key, measured.before)])),
  }
  const rows = groups.map((group) => rowOf(group, baseline, keys, axes, original))
  const points = rows.map(
    ({ name, values, troubles }): ParetoPoint => ({
      name,
      forget: values[axes.forget]?.mean ?? Number.NaN,
      utility: values[axes.utility]?.mean ?? Number.NaN,
      eligible: troubles.length === 0 && Number.isFinite(values[axes.forget]?.mean),
    }),
  )
  const best = new Set(nonDominated(points).map(({ name }) => name))
  return {
    baseline: baseline.name,
    metrics: keys.map((key) => ({ key, direction: directionOf(key) })),
    axes,
    differing: differingPaths(runs),
    references: [original, ...(options.neverTrained ? [options.neverTrained] : [])],
    rows: rows.map((row) => ({ ...row, isBest: best.has(row.name) })),
  }
}

function rowOf(
  { name, runs, settings }: RunGroup,
  baseline: RunGroup,
  keys: readonly string[],
  axes: Comparison['axes'],
  original: ReferenceModel,
): Omit<ComparisonRow, 'isBest'> {
  const measured = runs.filter(({ after }) => after.length > 0)
  const numbers = (of: (run: ComparedRun) => number | null) =>
    spreadOf(runs.map(of).filter((value) => value !== null))
  const least = brokenShare * original.values[axes.utility]
  const troubles = runs.flatMap((run) => {
    const utility = metricValue(axes.utility, run.after)
    // Not-a-number from a broken model is no utility.
    const isBroken = run.after.length > 0 && !(utility >= least)
    const trouble =
      run.trouble ?? (isBroken ? `${axes.utility} fell to ${utility.toFixed(3)}` : null)
    return trouble === null ? [] : [`seed ${run.seed}: ${trouble}`]
  })
  return {
    name,
    seeds: runs.map(({ seed }) => seed),
    settings,
    values: Object.fromEntries(
      keys.map((key) => [key, spreadOf(measured.map(({ after }) => metricValue(key, after)))]),
    ),
    changes: Object.fromEntries(
      keys.map((key) => [key, pairedChange(key, measured, baseline.runs, 0)]),
    ),
    stepMilliseconds: numbers(({ stepMilliseconds }) => stepMilliseconds),
    peakBytes: numbers(({ peakBytes }) => peakBytes),
    troubles,
  }
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

/** Keys of the metrics on the sets that were measured. */
function metricKeys({ before }: ComparedRun): string[] {
  const sets = (['forget', 'retain'] as const).filter((set) =>
    before.some((record) => record.set === set),
  )
  return sets.flatMap((set) => [...metrics.keys()].map((id) => `${set}.${id}`))
}

function directionOf(key: string): Direction {
  const [set, id] = key.split('.')
  return metrics.get(id)?.direction[set as 'forget' | 'retain'] ?? 'target'
}
