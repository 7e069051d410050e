import { readFileSync } from 'node:fs'
import { UserError } from '../error.ts'
import { writeFileAtomic } from '../files/atomic.ts'
import { withFileErrors } from '../files/file-error.ts'
import type { Direction, EvaluationRecord } from '../metric/index.ts'
import { type MetricSummary, summarise, summariseChange } from '../metric/index.ts'

/** `key → number` with keys like `forget.rougeL`; null where the value is not finite. */
export type Values = Record<string, number | null>

/** `key → [low, high]`, 95 % bootstrap over examples; null where not finite. */
export type Intervals = Record<string, [low: number | null, high: number | null]>

/** The content of `metrics.json`. */
export interface MetricsFile {
  before: Values
  /** empty until the run has been evaluated after training */
  after: Values
  directions: Record<string, Direction>
  /** after − before, paired by example */
  changes: Values
  intervals: { before: Intervals; after: Intervals; changes: Intervals }
  /** number of examples behind each key */
  counts: Record<string, number>
}

/** `metrics.json` from stored records; pure. `seed` is that of the bootstrap draws. */
export function buildMetrics(
  before: readonly EvaluationRecord[],
  after: readonly EvaluationRecord[],
  seed: number,
): MetricsFile {
  const summaries = [
    summarise(before, seed),
    summarise(after, seed),
    summariseChange(before, after, seed),
  ]
  const [valuesBefore, valuesAfter, changes] = summaries.map(valuesOf)
  const [intervalsBefore, intervalsAfter, intervalsOfChanges] = summaries.map(intervalsOf)
  const all = [...summaries[0], ...summaries[1]]
  return {
    before: valuesBefore,
    after: valuesAfter,
    directions: Object.fromEntries(all.map(({ key, direction }) => [key, direction])),
    changes,
    intervals: { before: intervalsBefore, after: intervalsAfter, changes: intervalsOfChanges },
    counts: Object.fromEntries(all.map(({ key, count }) => [key, count])),
  }
}

/** Writes `metrics.json`, whole or not at all. Throws UserError where it cannot be written. */
export async function writeMetrics(path: string, metrics: MetricsFile): Promise<void> {
  await writeFileAtomic(path, `${JSON.stringify(metrics, null, 2)}\n`)
}

/** Reads `metrics.json`. Throws UserError where it is missing or not such a file. */
export function readMetrics(path: string): MetricsFile {
  const text = withFileErrors(path, () => readFileSync(path, 'utf8'))
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new UserError({
      code: 'not-json',
      path,
      expected: 'JSON',
      got: (error as SyntaxError).message,
    })
  }
  const keys = ['before', 'after', 'directions', 'changes', 'intervals', 'counts']
  const missing = keys.filter(
    (key) => typeof (value as Record<string, unknown> | null)?.[key] !== 'object',
  )
  if (missing.length > 0)
    throw new UserError({
      code: 'not-metrics',
      path,
      expected: `an object with ${keys.join(', ')}`,
      got: `none of ${missing.join(', ')}`,
    })
  return value as MetricsFile
}

function valuesOf(summaries: readonly MetricSummary[]): Values {
  return Object.fromEntries(summaries.map(({ key, value }) => [key, finite(value)]))
}

function intervalsOf(summaries: readonly MetricSummary[]): Intervals {
  return Object.fromEntries(
    summaries.map(({ key, interval: [low, high] }) => [key, [finite(low), finite(high)]]),
  )
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null
}
