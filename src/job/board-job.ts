import { existsSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import type { Leaderboard, LeaderboardRow } from '../compare/leaderboard.ts'
import { nearest, UserError } from '../error.ts'
import { writeFileAtomic } from '../files/atomic.ts'
import type { Benchmark } from '../measure/benchmark.ts'
import { evaluatedModel, referenceNames } from '../measure/evaluation/evaluated-model.ts'
import { withExtras } from '../measure/extras.ts'
import type { MetricKinds } from '../measure/kind/kind.ts'
import { registryWith } from '../recipe/plugins.ts'
import { publishableRecipe, publishableText } from '../recipe/publishable.ts'
import { readRecipe } from '../recipe/read.ts'
import { readBenchmark } from '../recipe/read-benchmark.ts'
import { toYaml } from '../recipe/write.ts'
import { leaderboardChart, leaderboardMarkdown } from '../report/leaderboard-page.ts'
import { benchmarkFolder, readPrepared } from './benchmark-folder.ts'
import { partsBeside, rowsBeside } from './board-file.ts'
import { performRows, type RowsTask } from './board-rows.ts'
import type { JobContext } from './context.ts'

/** A leaderboard to be made, or gone on with. */
export interface BoardTask
  extends Pick<RowsTask, 'output' | 'methods' | 'seeds' | 'sets' | 'plugins' | 'own'> {
  /** a benchmark's id, or a .yaml file */
  readonly benchmark: string
  /** file of another leaderboard, whose rows are ranked with these */
  readonly beside?: string | undefined
  /** file, besides those in the folder, for `.md`, `.json` and `.svg` */
  readonly report?: string | undefined
  /** steps in which is forgotten, instead of once */
  readonly study?: string | undefined
}

/** A board as far as it is made, and what it is of. */
export interface MadeBoard {
  readonly benchmark: Benchmark
  readonly board: Leaderboard
}

/**
 * Launches every method with every seed, evaluates what they leave, and writes the leaderboard anew from the records. Goes on
 * where it was stopped.
 *
 * @returns null where it was stopped
 */
export async function performBoard(
  task: BoardTask,
  context: JobContext,
): Promise<MadeBoard | null> {
  const { cwd } = context
  const registry = await registryWith(task.plugins, cwd)
  const kinds = registry.metrics
  const named = await readBenchmark(task.benchmark, cwd, registry)
  const output = resolve(cwd, task.output)
  const benchmark = withExtras(named, readPrepared(output, named.id).extras)
  let begun: Omit<Leaderboard, 'command'> | undefined
  let board: Leaderboard | undefined
  const onBegin = async () => {
    begun ??= await begunBoard(benchmark, kinds, task, context)
  }
  // A board of what is there so far is worth more than none after hours.
  const onRow = async (made: readonly LeaderboardRow[]) => {
    if (!begun) return
    const names = new Set(made.map(({ name }) => name))
    const rows = [...begun.rows.filter(({ name }) => !names.has(name)), ...made]
    board = { ...begun, rows, command: publishableText(commandOf(benchmark, rows, task)) }
    await writeBoard(benchmark, board, task, cwd)
  }
  const rows =
    task.study === undefined
      ? await performRows(benchmark, { ...task, kinds, runs: 'runs', onBegin, onRow }, context)
      : await studyRows(benchmark, task.study, { ...task, kinds, onBegin }, context)
  if (!rows) return null
  if (task.study !== undefined) await onRow(rows)
  if (!board) throw new Error('internal: a board without rows')
  return { benchmark, board }
}

/** One row per method and step: more and more to be forgotten, or again and again. Null where it was stopped. */
async function studyRows(
  benchmark: Benchmark,
  name: string,
  task: Omit<RowsTask, 'runs'>,
  context: JobContext,
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
    const rows = await performRows(benchmark, step, context)
    if (!rows) return null
    all.push(...rows.map((row) => ({ ...row, name: `${row.name}, ${name} ${i + 1}` })))
  }
  return all
}

/** All of a board but the rows that this call makes, which change none of it. */
async function begunBoard(
  benchmark: Benchmark,
  kinds: MetricKinds,
  { output, sets, plugins, seeds, study, beside }: BoardTask,
  { cwd, env }: JobContext,
): Promise<Omit<Leaderboard, 'command'>> {
  const folder = benchmarkFolder(resolve(cwd, output))
  const { recipe, provenance } = await readRecipe(relative(cwd, folder.recipe), {
    sets,
    plugins,
    cwd,
    env,
  })
  const options = { resamples: 0, kinds }
  const references = Object.fromEntries(
    referenceNames.map((name) => {
      const at = join(folder.references, name)
      if (!existsSync(at)) return [name, null]
      const { results } = evaluatedModel(benchmark, at, folder.references, options)
      return [name, Object.fromEntries(results.map(({ key, value }) => [key, value]))]
    }),
  )
  const { file } = evaluatedModel(benchmark, join(folder.references, 'original'), null, options)
  const board = {
    benchmark,
    study: study ?? null,
    sets: sets.map(publishableText),
    ...(plugins.length > 0 && { plugins: plugins.map(publishableText) }),
    recipe: publishableRecipe(toYaml(recipe, provenance, [])),
    identity: { ...file.identity },
    references,
  }
  const rows = beside === undefined ? [] : rowsBeside(board, seeds, file, resolve(cwd, beside))
  return { ...board, rows }
}

/** What makes all these rows, those of another board too. */
function commandOf(
  { id }: Benchmark,
  rows: readonly LeaderboardRow[],
  { seeds, sets, plugins, output, study }: BoardTask,
): string {
  const methods = [...new Set(rows.map(({ method }) => method))].join(',')
  const own = rows.flatMap((row) => row.settings.map((text) => `${row.method}:${text}`))
  const words = [
    ...['lethe', 'benchmark', 'run', id, '--methods', methods, '--seeds', seedsText(seeds)],
    ...plugins.flatMap((path) => ['--plugin', path]),
    ...sets.flatMap((text) => ['--set', text]),
    ...[...new Set(own)].flatMap((text) => ['--for', text]),
    ...(study === undefined ? [] : ['--study', study]),
    ...['--output', output],
  ]
  return words
    .map((word) => (/[^\w./:=,-]/.test(word) ? `'${word.replaceAll("'", `'\\''`)}'` : word))
    .join(' ')
}

/** `3` for the seeds 0, 1 and 2; `4,7` for those two, and `4,` for the seed 4. */
function seedsText(seeds: readonly number[]): string {
  if (seeds.every((seed, i) => seed === i)) return String(seeds.length)
  return seeds.length === 1 ? `${seeds[0]},` : seeds.join(',')
}

async function writeBoard(
  benchmark: Benchmark,
  board: Leaderboard,
  { output, report }: BoardTask,
  cwd: string,
): Promise<void> {
  const chart = leaderboardChart(benchmark, board)
  const json = `${JSON.stringify(board, null, 1)}\n`
  const bases = [benchmarkFolder(resolve(cwd, output)).board(board.study)]
  if (report !== undefined) bases.push(resolve(cwd, report.replace(/\.md$/, '')))
  for (const base of bases) {
    await writeFileAtomic(`${base}.svg`, chart)
    await writeFileAtomic(`${base}.json`, json)
    await writeFileAtomic(`${base}.md`, leaderboardMarkdown(benchmark, board, partsBeside(base)))
  }
}
