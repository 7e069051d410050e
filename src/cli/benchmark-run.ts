import { existsSync } from 'node:fs'
import { basename, join, relative, resolve } from 'node:path'
import type { Leaderboard, LeaderboardRow } from '../compare/leaderboard.ts'
import { nearest, UserError } from '../error.ts'
import { writeFileAtomic } from '../files/atomic.ts'
import { benchmarkFolder, readPrepared } from '../job/benchmark-plan.ts'
import { rowsBeside } from '../job/leaderboard-file.ts'
import { parseAxis, parseSeeds } from '../job/sweep-plan.ts'
import type { Benchmark } from '../measure/benchmark.ts'
import { evaluatedModel, referenceNames } from '../measure/evaluation/evaluated-model.ts'
import { withExtras } from '../measure/extras.ts'
import { readRecipe } from '../recipe/read.ts'
import { readBenchmark } from '../recipe/read-benchmark.ts'
import { toYaml } from '../recipe/write.ts'
import { leaderboardChart, leaderboardMarkdown } from '../report/leaderboard-page.ts'
import { leaderboardRows, type RowsTask } from './leaderboard-rows.ts'
import type { Terminal } from './terminal.ts'

export interface RunFlags {
  output: string
  methods: string
  seeds: string
  set: string[]
  for: string[]
  beside?: string
  report?: string
  study?: string
  json?: true
}

/**
 * Trains every method with every seed, evaluates what they leave, and writes the leaderboard anew from the records. Goes on
 * where it was stopped.
 *
 * @returns false where it was stopped
 */
export async function runBenchmark(
  id: string,
  flags: RunFlags,
  terminal: Terminal,
): Promise<boolean> {
  const { cwd, out } = terminal
  const named = await readBenchmark(id, cwd)
  const output = resolve(cwd, flags.output)
  const benchmark = withExtras(named, readPrepared(output, named.id).extras)
  const methods = parseAxis(`method=${flags.methods}`).values
  const folder = benchmarkFolder(output)
  const task: RowsTask = {
    output: flags.output,
    runs: 'runs',
    methods,
    seeds: parseSeeds(flags.seeds),
    sets: flags.set,
    own: settingsByMethod(flags.for, methods),
  }
  let begun: Omit<Leaderboard, 'command'> | undefined
  let board: Leaderboard | undefined
  const onBegin = async () => {
    begun ??= await begunBoard(benchmark, flags, task.seeds, folder, terminal)
  }
  // A board of what is there so far is worth more than none after hours.
  const onRow = async (made: readonly LeaderboardRow[]) => {
    if (!begun) return
    const names = new Set(made.map(({ name }) => name))
    const rows = [...begun.rows.filter(({ name }) => !names.has(name)), ...made]
    board = { ...begun, rows, command: commandOf(benchmark, rows, flags) }
    await writeBoard(benchmark, board, folder, flags.report, terminal)
  }
  const rows =
    flags.study === undefined
      ? await leaderboardRows(benchmark, { ...task, onBegin, onRow }, terminal)
      : await studyRows(benchmark, flags.study, { ...task, onBegin }, terminal)
  if (!rows) return false
  if (flags.study !== undefined) await onRow(rows)
  if (!board) return true
  if (flags.json) out.write(`${JSON.stringify(board)}\n`)
  else out.write(leaderboardMarkdown(benchmark, board, { figure: null, notes: null }))
  return true
}

/** One row per method and step: more and more to be forgotten, or again and again. Null where it was stopped. */
async function studyRows(
  benchmark: Benchmark,
  name: string,
  task: RowsTask,
  terminal: Terminal,
): Promise<LeaderboardRow[] | null> {
  const studies = benchmark.training?.studies ?? {}
  const study = studies[name]
  if (!study) {
    const near = nearest(name, Object.keys(studies))
    throw new UserError({
      code: 'no-study',
      path: '--study',
      expected: Object.keys(studies).join(', ') || `a benchmark with studies`,
      got: name,
      ...(near && { hint: `Did you mean "${near}"?` }),
    })
  }
  const all: LeaderboardRow[] = []
  for (const [i, forget] of study.forget.entries()) {
    const step = {
      ...task,
      forget,
      runs: `${name}-${i + 1}`,
      ...(study.sequential && i > 0 && { after: `${name}-${i}` }),
    }
    const rows = await leaderboardRows(benchmark, step, terminal)
    if (!rows) return null
    all.push(...rows.map((row) => ({ ...row, name: `${row.name}, ${name} ${i + 1}` })))
  }
  return all
}

/** All of a board but the rows that this call makes, which change none of it. */
async function begunBoard(
  benchmark: Benchmark,
  flags: RunFlags,
  seeds: readonly number[],
  folder: ReturnType<typeof benchmarkFolder>,
  { cwd, env }: Terminal,
): Promise<Omit<Leaderboard, 'command'>> {
  const { recipe, provenance } = await readRecipe(relative(cwd, folder.recipe), {
    sets: flags.set,
    cwd,
    env,
  })
  const references = Object.fromEntries(
    referenceNames.map((name) => {
      const at = join(folder.references, name)
      if (!existsSync(at)) return [name, null]
      const { results } = evaluatedModel(benchmark, at, folder.references, { resamples: 0 })
      return [name, Object.fromEntries(results.map(({ key, value }) => [key, value]))]
    }),
  )
  const { file } = evaluatedModel(benchmark, join(folder.references, 'original'), null, {
    resamples: 0,
  })
  const board = {
    benchmark,
    study: flags.study ?? null,
    sets: flags.set,
    recipe: toYaml(recipe, provenance, []),
    identity: { ...file.identity },
    references,
  }
  const { beside } = flags
  const rows = beside === undefined ? [] : rowsBeside(board, seeds, file, resolve(cwd, beside))
  return { ...board, rows }
}

/** What makes all these rows, those of another board too. */
function commandOf(
  { id }: Benchmark,
  rows: readonly LeaderboardRow[],
  { seeds, set, output, study }: RunFlags,
): string {
  const methods = [...new Set(rows.map(({ method }) => method))].join(',')
  const own = rows.flatMap((row) => row.settings.map((text) => `${row.method}:${text}`))
  const words = [
    ...['lethe', 'benchmark', 'run', id, '--methods', methods, '--seeds', seeds],
    ...set.flatMap((text) => ['--set', text]),
    ...[...new Set(own)].flatMap((text) => ['--for', text]),
    ...(study === undefined ? [] : ['--study', study]),
    ...['--output', output],
  ]
  return words
    .map((word) => (/[^\w./:=,-]/.test(word) ? `'${word.replaceAll("'", `'\\''`)}'` : word))
    .join(' ')
}

async function writeBoard(
  benchmark: Benchmark,
  board: Leaderboard,
  folder: ReturnType<typeof benchmarkFolder>,
  report: string | undefined,
  { cwd }: Terminal,
): Promise<void> {
  const chart = leaderboardChart(benchmark, board)
  const json = `${JSON.stringify(board, null, 1)}\n`
  const bases = [folder.board(board.study)]
  if (report !== undefined) bases.push(resolve(cwd, report.replace(/\.md$/, '')))
  for (const base of bases) {
    await writeFileAtomic(`${base}.svg`, chart)
    await writeFileAtomic(`${base}.json`, json)
    const markdown = leaderboardMarkdown(benchmark, board, {
      figure: `${basename(base)}.svg`,
      notes: null,
    })
    await writeFileAtomic(`${base}.md`, markdown)
  }
}

/** `rmu:train.learningRate=3e-3` by method. Throws UserError for a method that is not run. */
function settingsByMethod(
  texts: readonly string[],
  methods: readonly string[],
): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const text of texts) {
    // A method with settings has colons of its own.
    const method = methods.find((name) => text.startsWith(`${name}:`))
    if (method === undefined)
      throw new UserError({
        code: 'bad-setting',
        path: '--for',
        expected: `method:path=value, of a method in ${methods.join(', ')}`,
        got: text,
      })
    found.set(method, [...(found.get(method) ?? []), text.slice(method.length + 1)])
  }
  return found
}
