import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Leaderboard } from '../compare/leaderboard.ts'
import { type ReproducedMetric, reproduction } from '../compare/reproduction.ts'
import { nearest, UserError } from '../error.ts'
import { benchmarkSchema } from '../measure/benchmark.ts'
import { evaluatedModel } from '../measure/evaluation/evaluated-model.ts'
import { readEvaluation, unlikeProblems } from '../measure/evaluation/evaluation-file.ts'
import { evaluationFolder } from '../measure/evaluation/evaluation-task.ts'
import { benchmarkProblems } from '../recipe/benchmark-problems.ts'
import { registryWith } from '../recipe/plugins.ts'
import { runFolderAt } from '../run/run-folder.ts'
import { benchmarkFolder } from './benchmark-folder.ts'
import { readLeaderboard } from './board-file.ts'
import { cellName } from './board-row.ts'
import { performRows } from './board-rows.ts'
import type { JobContext } from './context.ts'

/** A row of a published board, to be made again. */
export interface ReproductionTask {
  /** file of the board */
  readonly board: string
  readonly row: string
  /** the first published one unless given */
  readonly seed?: number | undefined
  /** folder of the prepared benchmark */
  readonly output: string
}

/** A row that was made again. */
export interface Reproduction {
  readonly row: string
  readonly seed: number
  readonly reproduced: boolean
  readonly metrics: readonly ReproducedMetric[]
}

/**
 * Makes a row of a board again, with one seed, and compares it with what was published.
 *
 * @returns null where it was stopped
 * @throws UserError for a row that is not there or does not stand alone, or other data than the board's
 */
export async function performReproduction(
  task: ReproductionTask,
  context: JobContext,
): Promise<Reproduction | null> {
  const { cwd } = context
  const { board: path, output } = task
  const board = readLeaderboard(resolve(cwd, path))
  const benchmark = benchmarkSchema.parse(board.benchmark)
  const { plugins = [] } = board
  const kinds = (await registryWith(plugins, cwd)).metrics
  const problems = benchmarkProblems(benchmark, kinds)
  if (problems.length > 0) throw new UserError(problems)
  const row = board.rows.find(({ name }) => name === task.row)
  if (!row) {
    const names = board.rows.map(({ name }) => name)
    const near = nearest(task.row, names)
    throw new UserError({
      code: 'no-row',
      path: '--row',
      expected: names.join(', '),
      got: task.row,
      ...(near && { hint: `Did you mean "${near}"?` }),
    })
  }
  if (board.study !== null)
    throw new UserError({
      code: 'study-row',
      path,
      expected: 'a leaderboard whose rows stand alone',
      got: `the steps of study "${board.study}"`,
      hint: `Run it again: ${board.command}`,
    })
  const { references } = benchmarkFolder(resolve(cwd, output))
  requireAlike(board, references, path)
  const { method, settings } = row
  const seed = task.seed ?? row.seeds[0]?.seed ?? 0
  const rows = await performRows(
    benchmark,
    {
      output,
      runs: 'repro',
      methods: [method],
      seeds: [seed],
      sets: board.sets,
      plugins,
      kinds,
      own: new Map([[method, settings]]),
    },
    context,
  )
  if (!rows) return null
  const { model } = runFolderAt(resolve(cwd, output, 'repro', cellName(method, seed)))
  const results = existsSync(model)
    ? evaluatedModel(benchmark, evaluationFolder(model, benchmark.id), references, { kinds })
        .results
    : []
  const { score, forget, utility } = benchmark.ranking
  const keys = [...new Set([score, forget, utility])].filter((key) => key !== null)
  const metrics = reproduction(row, keys, results)
  // A row that published no model is reproduced by none.
  const reproduced =
    metrics.length > 0 ? metrics.every((one) => one.reproduced) : results.length === 0
  return { row: row.name, seed, reproduced, metrics }
}

/** The same data, prompts and benchmark; the model may be another of the same recipe, whose values tell. */
function requireAlike(board: Leaderboard, references: string, path: string): void {
  const { file } = readEvaluation(join(references, 'original'))
  const identity = board.identity as unknown as typeof file.identity
  const problems = unlikeProblems({ ...file, identity }, file, path, ['tokenizer', 'measuring'])
  if (problems.length > 0) throw new UserError(problems)
}
