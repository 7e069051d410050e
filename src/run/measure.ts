import { existsSync } from 'node:fs'
import { evaluationSets, takedown } from '../benchmark/takedown.ts'
import { evenlySpaced } from '../data/evenly-spaced.ts'
import { writeFileAtomic } from '../files/atomic.ts'
import { exampleRows } from '../measure/rows/example-rows.ts'
import type { BenchmarkRow } from '../measure/rows/load-set.ts'
import { chunksOf, measureChunk } from '../measure/score/measure-rows.ts'
import type { Measurer } from '../measure/score/measurer.ts'
import { followMeasuring } from '../measure/score/measuring-progress.ts'
import type { Recipe } from '../recipe/recipe-schema.ts'
import type { NewEvent } from './events.ts'
import type { RunData } from './run-data.ts'
import type { RunFolder } from './run-folder.ts'
import { openSamples, readSamples, type Sample } from './samples.ts'

/** The folder, data and model by which a run measures itself. */
export interface MeasuredRun {
  readonly folder: RunFolder
  readonly data: RunData
  readonly measurer: Measurer
  readonly recipe: Recipe
  readonly clock: () => number
  readonly stopRequested: () => boolean
  readonly emit: (event: NewEvent) => void
}

/**
 * Measures both sets at a step, or goes on with that: a record for each example, stored as soon as it and those before it are
 * complete.
 *
 * Rows are measured in the chunks they would have been in without a stop, so that their records are the same.
 *
 * @returns null where it was stopped
 */
export async function measure(
  phase: Sample['phase'],
  step: number,
  { folder, data, measurer, recipe, clock, stopRequested, emit }: MeasuredRun,
): Promise<Sample[] | null> {
  const benchmark = takedown({ maxNewTokens: recipe.evaluate.maxNewTokens })
  const stored = existsSync(folder.samples) ? readSamples(folder.samples) : []
  const samples = new Map(
    stored.filter((sample) => sample.phase === phase).map((sample) => [keyOf(sample), sample]),
  )
  const isOpen = (row: RowKey) => !samples.has(keyOf(row))
  const rows = measuredRows(recipe, data, measurer)
  for (const set of evaluationSets) {
    const own = rows.filter((row) => row.set === set)
    if (own.some(isOpen)) emit({ type: 'eval.started', step, phase, set, examples: own.length })
  }
  const chunks = [...chunksOf(rows)].filter((chunk) => chunk.some(isOpen))
  const of = chunks.reduce((sum, { length }) => sum + length, 0)
  const progress = followMeasuring({ done: 0, of }, clock, (far) =>
    emit({ type: 'eval.progress', step, phase, ...far }),
  )
  const writer = openSamples(folder.samples)
  try {
    for (const chunk of chunks) {
      const records = await measureChunk(chunk, {
        benchmark,
        measurer,
        clock,
        stopRequested,
        onShare: (share) => progress.share(share, chunk.length),
        onRecord(record) {
          progress.record()
          const { generated = '', reference = '' } = record
          const sample = { ...record, generated, reference, phase }
          if (isOpen(record)) writer.append(sample)
          samples.set(keyOf(record), sample)
        },
      })
      writer.sync()
      if (!records) return null
      progress.chunk(chunk.length)
    }
  } finally {
    writer.close()
  }
  return rows.map((row) => samples.get(keyOf(row)) as Sample)
}

/** The rows that a run is measured by. */
export function measuredRows(
  { evaluate }: Recipe,
  data: RunData,
  { session }: Measurer,
): BenchmarkRow[] {
  return evaluationSets.flatMap((set) =>
    exampleRows(set, evenlySpaced(data[set] ?? [], evaluate.limit), session.tokenizer),
  )
}

/** Takes out what was measured after training, where a run trains on. */
export async function dropAfter(path: string): Promise<void> {
  const samples = readSamples(path)
  const kept = samples.filter(({ phase }) => phase !== 'after')
  if (kept.length < samples.length)
    await writeFileAtomic(path, kept.map((sample) => `${JSON.stringify(sample)}\n`).join(''))
}

type RowKey = Pick<Sample, 'set' | 'index'>

const keyOf = ({ set, index }: RowKey) => `${set} ${index}`
