import { existsSync } from 'node:fs'
import type { Example } from '../data/example.ts'
import { spread } from '../data/spread.ts'
import { type Evaluator, evaluateSet } from '../measure/evaluate.ts'
import type { EvaluationRecord, EvaluationSet } from '../metric/index.ts'
import type { Recipe } from '../recipe/schema.ts'
import type { NewEvent } from './events.ts'
import type { RunData } from './run-data.ts'
import type { RunFolder } from './run-folder.ts'
import { openSamples, readSamples, type Sample } from './samples.ts'

/** Records of the untrained model: those already stored, else measured now. */
export async function measureBefore(
  folder: RunFolder,
  data: RunData,
  evaluator: Evaluator,
  recipe: Recipe,
  emit: (event: NewEvent) => void,
): Promise<Sample[]> {
  const stored = existsSync(folder.samples)
    ? readSamples(folder.samples).filter(({ phase }) => phase === 'before')
    : []
  const wanted = (['forget', 'retain'] as const).reduce(
    (total, set) => total + spread(data[set] ?? [], recipe.evaluate.limit).length,
    0,
  )
  if (stored.length === wanted) return stored
  return measure('before', folder, data, evaluator, recipe, 0, emit)
}

/** Measures both sets and stores each record. */
export async function measure(
  phase: 'before' | 'after',
  folder: RunFolder,
  data: RunData,
  evaluator: Evaluator,
  recipe: Recipe,
  step: number,
  emit: (event: NewEvent) => void,
): Promise<Sample[]> {
  const writer = openSamples(folder.samples)
  const samples: Sample[] = []
  const sets: [EvaluationSet, readonly Example[] | null][] = [
    ['forget', data.forget],
    ['retain', data.retain],
  ]
  for (const [set, all] of sets) {
    if (!all) continue
    const examples = spread(all, recipe.evaluate.limit)
    emit({ type: 'eval.started', step, phase, set, examples: examples.length })
    const records: EvaluationRecord[] = await evaluateSet(set, examples, evaluator)
    for (const record of records) {
      const sample = { ...record, phase }
      writer.append(sample)
      samples.push(sample)
    }
  }
  writer.close()
  return samples
}
