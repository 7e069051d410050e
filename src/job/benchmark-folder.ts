import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import * as z from 'zod'
import type { PlainTemplate } from '../data/plain-template.ts'
import { UserError } from '../error.ts'
import { writeFileAtomic } from '../files/atomic.ts'
import { readBoundedText } from '../files/bounded-file.ts'
import { readStoredJson } from '../files/stored-json.ts'
import type { Benchmark, FileNames } from '../measure/benchmark.ts'
import { describeWhere, expectedFile, readRows, rowsWith } from '../measure/rows/read-rows.ts'
import type { ChosenSplit } from '../measure/rows/split-rows.ts'

/** The content of `benchmark.json` in a benchmark's folder: what `prepare` settled and `run` goes by. */
export interface PreparedBenchmark {
  readonly benchmark: string
  readonly data: string
  readonly original: string
  readonly neverTrained: string | null
  readonly limit: number | null
  readonly split: string | null
  /** extras of the benchmark that are measured too */
  readonly extras: readonly string[]
}

const preparedSchema = z.looseObject({
  benchmark: z.string(),
  data: z.string(),
  original: z.string(),
  neverTrained: z.string().nullable(),
  limit: z.number().nullable(),
  split: z.string().nullable(),
  extras: z.array(z.string()).optional(),
})

/** The paths in a benchmark's folder. */
export function benchmarkFolder(output: string) {
  return {
    prepared: join(output, 'benchmark.json'),
    references: join(output, 'references'),
    training: join(output, 'training'),
    recipe: join(output, 'recipe.yaml'),
    /** of a study, or of the benchmark itself */
    board: (study: string | null) => join(output, study ?? 'leaderboard'),
  }
}

/**
 * Reads what `prepare` wrote.
 *
 * @throws UserError that says how to make it where it did not
 */
export function readPrepared(output: string, benchmark: string): PreparedBenchmark {
  const path = benchmarkFolder(output).prepared
  if (!existsSync(path))
    throw new UserError({
      code: 'not-prepared',
      path: output,
      expected: 'the evaluated reference models of the benchmark',
      got: 'none',
      hint: `Make them: lethe benchmark prepare ${benchmark} --model … --never-trained … --data … --output ${output}`,
    })
  const prepared: PreparedBenchmark = {
    extras: [],
    ...readStoredJson<Omit<PreparedBenchmark, 'extras'>>(path, preparedSchema),
  }
  if (prepared.benchmark === benchmark) return prepared
  throw new UserError({
    code: 'other-benchmark',
    path,
    expected: `the folder of ${JSON.stringify(prepared.benchmark)}, for which it was prepared`,
    got: benchmark,
    hint: 'Choose another --output',
  })
}

/** The training files of a benchmark, and how their questions are written: null as a recipe does it. */
export interface TrainingFiles {
  readonly forget: string
  readonly retain: string
  readonly template: PlainTemplate | null
}

/**
 * The files that unlearning trains on: those of the data folder, or copies that hold only the rows of its `where` that may be tuned
 * on, or that bring texts and parquet into the form of a data file.
 *
 * @param forget  which file is to be forgotten, unless it is the benchmark's own
 * @throws UserError for a benchmark that names none, or a file of which no row is left
 */
export async function trainingFiles(
  benchmark: Benchmark,
  data: string,
  tune: ChosenSplit | null,
  output: string,
  forget?: FileNames,
): Promise<TrainingFiles> {
  const { training } = benchmark
  if (!training)
    throw new UserError({
      code: 'no-training-data',
      path: `${benchmark.id}: training`,
      expected: 'files to forget and to retain',
      got: 'none: it is evaluated only',
      hint: 'Unlearn with a recipe of your own, then lethe eval',
    })
  const folder = benchmarkFolder(output).training
  const choice = { tune, where: training.where ?? null }
  return {
    forget: await trainingFile(data, forget ?? training.forget, choice, folder),
    retain: await trainingFile(data, training.retain, choice, folder),
    template: training.template ?? null,
  }
}

interface RowChoice {
  readonly tune: ChosenSplit | null
  readonly where: Readonly<Record<string, unknown>> | null
}

async function trainingFile(
  data: string,
  names: FileNames,
  { tune, where }: RowChoice,
  folder: string,
): Promise<string> {
  const given = expectedFile(data, names)
  const name = relative(data, given)
  const all = await readRows(given)
  const isText = all[0]?.source === '' && !name.endsWith('.parquet')
  if (!tune && !where && !isText && !name.endsWith('.parquet')) return given
  const chosen = rowsWith(all, where ?? {})
  const rows = tune ? chosen.filter(({ value }) => tune.keep(String(value.id))) : chosen
  if (rows.length === 0)
    throw new UserError({
      code: 'empty-set',
      path: given,
      expected: `rows to train on${describeWhere(where ?? {})}${tune ? ` of split ${tune.name}` : ''}`,
      got: `none of ${all.length}`,
    })
  const text = rows.map(({ value }) => `${JSON.stringify(value)}\n`).join('')
  const made = join(folder, `${name.replace(/\.\w+$/, '').replace(/[^\w.-]+/g, '-')}.jsonl`)
  const same = existsSync(made) && readBoundedText(made) === text
  if (!same) await writeFileAtomic(made, text)
  return made
}
