import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from '../error.ts'
import { readStoredRecords } from '../measure/record-lines.ts'
import { openRunFolder, type RunFolder } from '../run/run-folder.ts'
import { readSamples } from '../run/samples.ts'
import { insideRoot } from './run-list.ts'

/** One question of a run: the true answer, what the model said, and what another one says. */
export interface SampleRow {
  readonly set: string
  readonly index: number
  readonly prompt: string
  readonly answer: string
  readonly before: string | null
  readonly after: string | null
  /** of the run or evaluation put beside; null where it was not asked this */
  readonly beside: string | null
}

/**
 * The samples of a run, one row a question.
 *
 * @param beside prompt → what another model says, from `answersOf`
 */
export function sampleRows(run: RunFolder, beside: ReadonlyMap<string, string>): SampleRow[] {
  const rows = new Map<string, SampleRow>()
  for (const sample of existsSync(run.samples) ? readSamples(run.samples) : []) {
    const { set, index, prompt, reference, phase, generated } = sample
    const key = `${set} ${index}`
    const row = rows.get(key) ?? {
      set,
      index,
      prompt,
      answer: reference,
      before: null,
      after: null,
      beside: beside.get(prompt) ?? null,
    }
    rows.set(key, { ...row, [phase]: generated })
  }
  return [...rows.values()]
}

/**
 * Reads what a run's model says in the end, or an evaluated model of `lethe eval`, such as one that was never trained on the
 * forget set: prompt → answer.
 *
 * @param id path of the folder below the runs folder
 * @throws UserError where it leads out, or is neither
 */
export function answersOf(root: string, id: string): Map<string, string> {
  const path = insideRoot(root, id)
  if (existsSync(join(path, 'evaluation.json'))) {
    const records = readStoredRecords(join(path, 'records.jsonl'))
    return new Map(records.map(({ prompt, generated }) => [prompt, generated ?? '']))
  }
  if (!existsSync(join(path, 'events.jsonl')))
    throw new UserError({
      code: 'no-run',
      path: id,
      expected: 'a run, or an evaluation by lethe eval, below the runs folder',
      got: existsSync(path) ? 'another folder' : 'nothing',
    })
  const { samples } = openRunFolder(path)
  const said = existsSync(samples) ? readSamples(samples) : []
  return new Map(
    said
      .filter(({ phase }) => phase === 'after')
      .map(({ prompt, generated }) => [prompt, generated]),
  )
}

/** The filter in the address of a page of samples. */
export interface SampleFilter {
  readonly set: string
  readonly change: '' | 'changed' | 'same'
  readonly q: string
}

/** The rows that a filter lets through; text is looked for in every column. */
export function filterRows(
  rows: readonly SampleRow[],
  { set, change, q }: SampleFilter,
): SampleRow[] {
  const words = q.toLowerCase().split(/\s+/).filter(Boolean)
  return rows.filter((row) => {
    const { prompt, answer, before, after, beside } = row
    const text = [prompt, answer, before, after, beside].join('\n').toLowerCase()
    const isSame = before === after
    return (
      (set === '' || row.set === set) &&
      (change === '' || isSame === (change === 'same')) &&
      words.every((word) => text.includes(word))
    )
  })
}
