import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import * as z from 'zod'
import { benchmarks } from '../benchmark/benchmarks.ts'
import type { Leaderboard, LeaderboardRow } from '../compare/leaderboard.ts'
import { type Problem, UserError } from '../error.ts'
import { readBoundedText } from '../files/bounded-file.ts'
import { readStoredJson } from '../files/stored-json.ts'
import { readingFor, withTodaysNames } from '../measure/earlier-names.ts'
import { type EvaluationFile, unlikeProblems } from '../measure/evaluation/evaluation-file.ts'
import { storedBenchmark } from '../measure/stored-benchmark.ts'
import { publishableRecipe } from '../recipe/publishable.ts'
import type { PageParts } from '../report/leaderboard-page.ts'
import { settingsOf } from '../run/read-compared-run.ts'
import { differences } from './other-results.ts'

const words = z.string().nullable()
const boardSchema = z.looseObject({
  benchmark: storedBenchmark,
  ...{ command: z.string(), study: words, sets: z.array(z.string()), recipe: z.string() },
  plugins: z.array(z.string()).optional(),
  identity: z.looseObject({}),
  references: z.record(z.string(), z.record(z.string(), z.number().nullable()).nullable()),
  rows: z.array(
    z.looseObject({
      name: z.string(),
      method: z.string(),
      settings: z.array(z.string()),
      seeds: z.array(
        z.looseObject({
          // In the order in which they are written, so that a board that is read is written as it was.
          seed: z.number(),
          ...{ stepMilliseconds: z.number().nullable(), peakBytes: z.number().nullable() },
          values: z.record(z.string(), z.number().nullable()).nullable(),
          ...{ trouble: words, broken: words },
        }),
      ),
    }),
  ),
})

/** @throws UserError where there is none, or it is damaged */
export function readLeaderboard(path: string): Leaderboard {
  return readToday(readStoredJson(path, boardSchema))
}

/** A board whose numbers have the names of today and are read as today: either may have been put down after it was made. */
function readToday(board: Leaderboard): Leaderboard {
  const today = benchmarks.get(board.benchmark.id)
  const reading = board.benchmark.reading ?? today?.reading
  const { benchmark, nameOf } = withTodaysNames(board.benchmark, today)
  const renamed = <Value>(values: Readonly<Record<string, Value>> | null) =>
    values && Object.fromEntries(Object.entries(values).map(([key, value]) => [nameOf(key), value]))
  return {
    ...board,
    benchmark: { ...benchmark, ...(reading && { reading: readingFor(benchmark, reading) }) },
    references: Object.fromEntries(
      Object.entries(board.references).map(([name, values]) => [name, renamed(values)]),
    ),
    rows: board.rows.map((row) => ({
      ...row,
      seeds: row.seeds.map((seed) => ({ ...seed, values: renamed(seed.values) })),
    })),
  }
}

/** Reads the parts of a board's page beside the board: its figure, and what a person wrote in `<board>.notes.md`. */
export function partsBeside(base: string): PageParts {
  const notes = `${base}.notes.md`
  return {
    figure: `${basename(base)}.svg`,
    notes: existsSync(notes) ? readBoundedText(notes) : null,
  }
}

/**
 * Rows that another call of `benchmark run` made, perhaps on another machine, to be ranked with those of this one.
 *
 * @throws UserError with every difference that would make them unlike: original model, data, prompts, tokenizer, values of the
 *   reference models, study, seeds, or a value of the recipe that all rows share
 *
 * @param board    of this call
 * @param seeds    of every row of this call
 * @param original the evaluation of this call's original model
 * @param path     of the other board
 */
export function rowsBeside(
  board: Omit<Leaderboard, 'command' | 'rows'>,
  seeds: readonly number[],
  original: EvaluationFile,
  path: string,
): readonly LeaderboardRow[] {
  const other = readLeaderboard(path)
  const identity = other.identity as unknown as EvaluationFile['identity']
  const differences: [string, unknown, unknown][] = [
    ['model', original.identity.model, identity.model],
    ['study', board.study, other.study],
    ...other.rows.map(({ name, seeds: own }): [string, unknown, unknown] => [
      `seeds of ${name}`,
      seeds,
      own.map(({ seed }) => seed),
    ]),
    ...Object.keys(board.references).map((name): [string, unknown, unknown] => [
      `values of the ${name} model`,
      board.references[name],
      other.references[name],
    ]),
    ...recipeDifferences(board.recipe, other.recipe),
  ]
  const problems = differences.flatMap(([what, expected, got]): Problem[] => {
    const [a, b] = [expected, got].map((value) => JSON.stringify(value)?.slice(0, 80) ?? 'none')
    if (JSON.stringify(expected) === JSON.stringify(got)) return []
    const hint = 'Only rows that were made and measured alike can be ranked together'
    return [{ code: 'unlike', path, expected: `${what} ${a}`, got: b, hint }]
  })
  problems.push(...unlikeProblems(original, { ...original, identity }, path))
  if (problems.length > 0) throw new UserError(problems)
  return other.rows
}

/** Folders have other names elsewhere; what they hold is told by the identity. */
const places = new Set(['model', 'forget.path', 'retain.path', 'output'])

function recipeDifferences(recipe: string, other: string): [string, unknown, unknown][] {
  return differences(settingsOf(recipe), settingsOf(publishableRecipe(other)))
    .filter(({ path }) => !places.has(path))
    .map(({ path, ours, theirs }) => [path, ours, theirs])
}
