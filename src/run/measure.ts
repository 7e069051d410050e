import { existsSync } from 'node:fs'
import { evaluationSets, takedown } from '../benchmark/takedown.ts'
import { spread } from '../data/spread.ts'
import { exampleRows } from '../measure/rows/example-rows.ts'
import { chunksOf, measureChunk } from '../measure/score/measure-rows.ts'
import type { Measurer } from '../measure/score/measurer.ts'
import type { Recipe } from '../recipe/schema.ts'
import type { NewEvent } from './events.ts'
import type { RunData } from './run-data.ts'
import type { RunFolder } from './run-folder.ts'
import { openSamples, readSamples, type Sample } from './samples.ts'

/** What a run measures itself with and on. */
export interface MeasuredRun {
  readonly folder: RunFolder
  readonly data: RunData
  readonly measurer: Measurer
  readonly recipe: Recipe
  readonly clock: () => number
  readonly emit: (event: NewEvent) => void
}

/** Records of the untrained model: those already stored, else measured now. */
export async function measureBefore(run: MeasuredRun): Promise<Sample[]> {
  const { folder, data, recipe } = run
  const stored = existsSync(folder.samples)
    ? readSamples(folder.samples).filter(({ phase }) => phase === 'before')
    : []
  const wanted = evaluationSets.reduce(
    (total, set) => total + spread(data[set] ?? [], recipe.evaluate.limit).length,
    0,
  )
  if (stored.length === wanted) return stored
  return measure('before', 0, run)
}

/** Measures both sets at a step and stores each record. */
export async function measure(
  phase: Sample['phase'],
  step: number,
  { folder, data, measurer, recipe, clock, emit }: MeasuredRun,
): Promise<Sample[]> {
  const benchmark = takedown({ maxNewTokens: recipe.evaluate.maxNewTokens })
  const writer = openSamples(folder.samples)
  const samples: Sample[] = []
  for (const set of evaluationSets) {
    const examples = spread(data[set] ?? [], recipe.evaluate.limit)
    if (examples.length === 0) continue
    emit({ type: 'eval.started', step, phase, set, examples: examples.length })
    for (const chunk of chunksOf(exampleRows(set, examples, measurer.session.tokenizer)))
      for (const record of await measureChunk(chunk, { benchmark, measurer, clock })) {
        const { generated = '', reference = '' } = record
        const sample = { ...record, generated, reference, phase }
        writer.append(sample)
        samples.push(sample)
      }
  }
  writer.sync()
  writer.close()
  return samples
}
