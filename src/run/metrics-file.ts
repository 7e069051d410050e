import { readFileSync } from 'node:fs'
import { setsOf, takedown, takedownDraws } from '../benchmark/takedown.ts'
import { UserError } from '../error.ts'
import { writeFileAtomic } from '../files/atomic.ts'
import { withFileErrors } from '../files/file-error.ts'
import type { Direction } from '../measure/benchmark.ts'
import { benchmarkChanges } from '../measure/changes.ts'
import type { SampleRecord } from '../measure/record.ts'
import { benchmarkResults } from '../measure/results.ts'

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
  before: readonly SampleRecord[],
  after: readonly SampleRecord[],
  seed: number,
): MetricsFile {
  const draws = { ...takedownDraws, seed }
  const [own, now] = [before, after].map((model) =>
    benchmarkResults(
      takedown({ sets: setsOf(model) }),
      { model, original: null, neverTrained: null },
      draws,
    ),
  )
  const changes = benchmarkChanges(takedown({ sets: setsOf(after) }), [before], [after], draws)
  const all = [...own, ...now]
  return {
    before: valuesOf(own),
    after: valuesOf(now),
    directions: Object.fromEntries(all.map(({ key, better }) => [key, better])),
    changes: valuesOf(changes),
    intervals: {
      before: intervalsOf(own),
      after: intervalsOf(now),
      changes: intervalsOf(changes),
    },
    counts: Object.fromEntries(all.map(({ key, count }) => [key, count])),
  }
}

/**
 * Writes `metrics.json`, whole or not at all.
 *
 * @throws UserError where it cannot be written
 */
export async function writeMetrics(path: string, metrics: MetricsFile): Promise<void> {
  await writeFileAtomic(path, `${JSON.stringify(metrics, null, 2)}\n`)
}

/**
 * Reads `metrics.json`.
 *
 * @throws UserError where it is missing or not such a file
 */
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

interface Measured {
  readonly key: string
  readonly value: number | null
  readonly interval: readonly [number, number] | null
}

function valuesOf(all: readonly Measured[]): Values {
  return Object.fromEntries(all.map(({ key, value }) => [key, value]))
}

function intervalsOf(all: readonly Measured[]): Intervals {
  return Object.fromEntries(
    all.map(({ key, interval }) => [key, interval ? [...interval] : [null, null]]),
  )
}
