import * as z from 'zod'
import { setsOf, takedown, takedownDraws } from '../benchmark/takedown.ts'
import { writeFileAtomic } from '../files/atomic.ts'
import { readStoredJson } from '../files/stored-json.ts'
import { type Direction, directionSchema } from '../measure/benchmark.ts'
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

const values = z.record(z.string(), z.number().nullable())
const intervals = z.record(z.string(), z.tuple([z.number().nullable(), z.number().nullable()]))
export const metricsSchema = z
  .looseObject({
    before: values,
    after: values,
    directions: z.record(z.string(), directionSchema),
    changes: values,
    intervals: z.looseObject({ before: intervals, after: intervals, changes: intervals }),
    counts: z.record(z.string(), z.number()),
  })
  .superRefine(({ directions, counts, intervals, ...found }, context) => {
    const mustHave = (known: object, keys: object, ...path: string[]) => {
      for (const key of Object.keys(keys))
        if (!Object.hasOwn(known, key))
          context.addIssue({ code: 'custom', path: [...path, key], message: 'nothing' })
    }
    for (const when of ['before', 'after', 'changes'] as const) {
      mustHave(intervals[when], found[when], 'intervals', when)
      mustHave(directions, found[when], 'directions')
      mustHave(counts, found[when], 'counts')
    }
  })

/** Reads `metrics.json`. @throws UserError where it is missing or not such a file */
export function readMetrics(path: string): MetricsFile {
  return readStoredJson(path, metricsSchema)
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
