import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Leaderboard } from '../compare/leaderboard.ts'
import { reproduction } from '../compare/reproduction.ts'
import { nearest, UserError } from '../error.ts'
import { benchmarkFolder } from '../job/benchmark-plan.ts'
import { readLeaderboard } from '../job/leaderboard-file.ts'
import { benchmarkSchema } from '../measure/benchmark.ts'
import { evaluatedModel } from '../measure/evaluation/evaluated-model.ts'
import { readEvaluation, unlikeProblems } from '../measure/evaluation/evaluation-file.ts'
import { evaluationFolder } from '../measure/evaluation/evaluation-task.ts'
import { numberText } from '../report/benchmark-table.ts'
import { runFolderAt } from '../run/run-folder.ts'
import type { CommandModule } from './command.ts'
import { exitCode } from './exit-code.ts'
import { cellName } from './leaderboard-cell.ts'
import { leaderboardRows } from './leaderboard-rows.ts'
import { printJson } from './print-error.ts'
import type { Terminal } from './terminal.ts'

const help = `
Needs the reference models: lethe benchmark prepare. A value counts as reproduced within twice the
standard deviation of the published seeds, or half of the new value's bootstrap interval where that
is more. Exit: 0 reproduced, 3 not.

Examples:
  $ lethe repro docs/results/tofu-forget05-benchmark.json --row blur --output runs/tofu
  $ lethe repro runs/theirs/leaderboard.json --row npo --seed 7 --output runs/tofu`

interface Flags {
  row: string
  seed?: string
  output: string
  json?: true
}

export const command: CommandModule = {
  define(command, terminal, exit) {
    command
      .argument('<leaderboard>', 'A leaderboard.json, or docs/results/<name>.json.')
      .requiredOption('--row <name>', 'The row, by its name.')
      .option('--seed <number>', 'The seed; the first published one unless told.')
      .option('--output <folder>', 'The folder of the prepared benchmark.', 'runs/benchmark')
      .addHelpText('after', help)
      .action(async (path: string, flags: Flags) => {
        const outcome = await reproduce(path, flags, terminal)
        if (outcome === null) exit(exitCode.interrupted)
        else if (!outcome) exit(exitCode.gate)
      })
  },
}

async function reproduce(path: string, flags: Flags, terminal: Terminal): Promise<boolean | null> {
  const { cwd, out } = terminal
  const board = readLeaderboard(resolve(cwd, path))
  const benchmark = benchmarkSchema.parse(board.benchmark)
  const row = board.rows.find(({ name }) => name === flags.row)
  if (!row) {
    const names = board.rows.map(({ name }) => name)
    const near = nearest(flags.row, names)
    throw new UserError({
      code: 'no-row',
      path: '--row',
      expected: names.join(', '),
      got: flags.row,
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
  const folder = benchmarkFolder(resolve(cwd, flags.output))
  requireAlike(board, folder.references, path)
  const seed = Number(flags.seed ?? row.seeds[0]?.seed ?? 0)
  const rows = await leaderboardRows(
    benchmark,
    {
      output: flags.output,
      runs: 'repro',
      methods: [row.method],
      seeds: [seed],
      sets: board.sets,
      own: new Map([[row.method, row.settings]]),
    },
    terminal,
  )
  if (!rows) return null
  const name = cellName(row.method, seed)
  const { model } = runFolderAt(resolve(cwd, flags.output, 'repro', name))
  const results = existsSync(model)
    ? evaluatedModel(benchmark, evaluationFolder(model, benchmark.id), folder.references).results
    : []
  const { score, forget, utility } = benchmark.ranking
  const keys = [...new Set([score, forget, utility])].filter((key) => key !== null)
  const metrics = reproduction(row, keys, results)
  // A row that published no model is reproduced by none.
  const reproduced =
    metrics.length > 0 ? metrics.every((one) => one.reproduced) : results.length === 0
  if (flags.json) {
    printJson({ ok: true, row: row.name, seed, reproduced, metrics }, terminal)
    return reproduced
  }
  for (const { key, expected, band, got, reproduced: same } of metrics)
    out.write(
      `${key}: expected ${numberText(expected)} ± ${numberText(band)}, got ${numberText(got)}: ${same ? 'reproduced' : 'not reproduced'}\n`,
    )
  out.write(`${row.name}, seed ${seed}: ${reproduced ? 'reproduced' : 'not reproduced'}\n`)
  return reproduced
}

/** The same data, prompts and benchmark; the model may be another of the same recipe, whose values tell. */
function requireAlike(board: Leaderboard, references: string, path: string): void {
  const { file } = readEvaluation(join(references, 'original'))
  const identity = board.identity as unknown as typeof file.identity
  const problems = unlikeProblems({ ...file, identity }, file, path, ['tokenizer', 'lethe'])
  if (problems.length > 0) throw new UserError(problems)
}
