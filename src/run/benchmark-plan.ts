import { existsSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Benchmark } from '../benchmark/benchmark.ts'
import { writeFileAtomic } from '../checkpoint/index.ts'
import { readRows } from '../data/benchmark-rows.ts'
import { UserError } from '../error.ts'
import type { ChosenSplit } from './split-rows.ts'

/** The content of `benchmark.json` in a benchmark's folder: what `prepare` settled and `run` goes by. */
export interface PreparedBenchmark {
  readonly benchmark: string
  readonly data: string
  readonly original: string
  readonly neverTrained: string | null
  readonly limit: number | null
  readonly split: string | null
}

/** Where a benchmark's folder keeps what. */
export function benchmarkFolder(output: string) {
  return {
    prepared: join(output, 'benchmark.json'),
    references: join(output, 'references'),
    runs: join(output, 'runs'),
    training: join(output, 'training'),
    recipe: join(output, 'recipe.yaml'),
    board: join(output, 'leaderboard.json'),
    markdown: join(output, 'leaderboard.md'),
    figure: join(output, 'leaderboard.svg'),
  }
}

/** What `prepare` wrote. Throws UserError that says how to make it where it did not. */
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
  const prepared = JSON.parse(readFileSync(path, 'utf8')) as PreparedBenchmark
  if (prepared.benchmark === benchmark) return prepared
  throw new UserError({
    code: 'other-benchmark',
    path: output,
    expected: `the folder of ${prepared.benchmark}, for which it was prepared`,
    got: benchmark,
    hint: 'Choose another --output',
  })
}

/**
 * The files that unlearning trains on; where the benchmark has splits, copies that hold only rows which may be tuned on.
 *
 * @throws UserError for a benchmark that names none
 */
export async function trainingFiles(
  benchmark: Benchmark,
  data: string,
  tune: ChosenSplit | null,
  output: string,
): Promise<{ readonly forget: string; readonly retain: string }> {
  const { training } = benchmark
  if (!training)
    throw new UserError({
      code: 'no-training-data',
      path: `${benchmark.id}: training`,
      expected: 'files to forget and to retain',
      got: 'none: it is evaluated only',
      hint: 'Unlearn with a recipe of your own, then lethe eval',
    })
  const given = { forget: join(data, training.forget), retain: join(data, training.retain) }
  if (!tune) return given
  const folder = benchmarkFolder(output).training
  const made = { forget: join(folder, 'forget.jsonl'), retain: join(folder, 'retain.jsonl') }
  for (const group of ['forget', 'retain'] as const) {
    const rows = (await readRows(given[group])).filter(({ value }) => tune.keep(String(value.id)))
    const text = rows.map(({ value }) => `${JSON.stringify(value)}\n`).join('')
    const same = existsSync(made[group]) && (await readFile(made[group], 'utf8')) === text
    if (!same) await writeFileAtomic(made[group], text)
  }
  return made
}
