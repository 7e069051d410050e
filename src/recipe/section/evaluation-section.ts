import { z } from 'zod'
import { nearest } from '../../error.ts'
import { type Benchmark, bringsItsRows } from '../../measure/benchmark.ts'
import type { Conflict, FileReference } from '../examine-recipe.ts'
import type { Registry } from '../registry.ts'
import { valueAt } from '../value-path.ts'

const at = ['evaluate', 'benchmark'] as const

/** `evaluate.benchmark`: what a run is measured on when it is trained. */
export const evaluationSettings = z.strictObject({
  id: z.string().min(1).describe('A benchmark by its id, or a .yaml file of your own.'),
  data: z
    .string()
    .min(1)
    .nullable()
    .default(null)
    .describe('The folder with its data, or hub:owner/name; null: it brings its rows.'),
  with: z
    .array(z.string())
    .default([])
    .describe('Extras that are measured too; lethe benchmark list names them.'),
  references: z
    .string()
    .nullable()
    .default(null)
    .describe('Evaluations of the reference models; null: what needs them has no value.'),
  limit: z.int().positive().nullable().default(null).describe('Rows of each set; null: all.'),
  split: z.string().nullable().default(null).describe('Parts of the rows; null: the usual ones.'),
})

export type EvaluationSettings = z.output<typeof evaluationSettings>

/** Whether a benchmark is named by its file. */
export function isBenchmarkFile(name: string): boolean {
  return /\.(ya?ml|json)$/.test(name)
}

/** The id of a benchmark that does not ship. */
export function evaluationConflicts(written: unknown, { benchmarks }: Registry): Conflict[] {
  const id = valueAt(written, [...at, 'id'])
  if (typeof id !== 'string' || isBenchmarkFile(id)) return []
  const named = benchmarks.get(id)
  if (named) return missingData(written, named)
  const known = [...benchmarks.keys()]
  const near = nearest(id, known)
  return [
    {
      at: [...at, 'id'],
      part: 'value',
      code: 'no-benchmark',
      expected: `${known.join(', ')}, or a .yaml file`,
      got: JSON.stringify(id),
      ...(near && { hint: `Did you mean "${near}"?` }),
    },
  ]
}

function missingData(written: unknown, benchmark: Benchmark): Conflict[] {
  const given = valueAt(written, [...at, 'data']) ?? null
  if (given !== null || bringsItsRows(benchmark)) return []
  return [
    {
      at: [...at, 'data'],
      part: 'value',
      code: 'missing',
      expected: 'the folder with its data, or hub:owner/name',
      got: 'nothing',
      ...(benchmark.hub && { hint: `https://huggingface.co/datasets/${benchmark.hub}` }),
    },
  ]
}

/** The files and folders that it names. */
export function evaluationFiles(written: unknown): FileReference[] {
  const [id, data] = ['id', 'data'].map((key) => valueAt(written, [...at, key]))
  return [
    ...(typeof id === 'string' && isBenchmarkFile(id)
      ? [{ at: [...at, 'id'], kind: 'text' as const }]
      : []),
    ...(typeof data === 'string' && !data.startsWith('hub:')
      ? [{ at: [...at, 'data'], kind: 'folder' as const }]
      : []),
    { at: [...at, 'references'], kind: 'folder' },
  ]
}
