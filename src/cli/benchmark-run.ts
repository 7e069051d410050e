import { existsSync, mkdirSync } from 'node:fs'
import { basename, join, relative, resolve } from 'node:path'
import type { Benchmark } from '../benchmark/benchmark.ts'
import { type Leaderboard, type LeaderboardRow, seedOf } from '../benchmark/leaderboard.ts'
import { writeFileAtomic } from '../checkpoint/index.ts'
import { UserError } from '../error.ts'
import { readRecipe } from '../recipe/read.ts'
import { readBenchmark } from '../recipe/read-benchmark.ts'
import { toYaml } from '../recipe/write.ts'
import { leaderboardChart, leaderboardMarkdown } from '../report/leaderboard-page.ts'
import { benchmarkFolder, readPrepared, trainingFiles } from '../run/benchmark-plan.ts'
import { evaluatedModel, referenceNames } from '../run/benchmark-results.ts'
import { readComparedRun } from '../run/compared-run.ts'
import { runFolderAt } from '../run/index.ts'
import { chooseSplit } from '../run/split-rows.ts'
import { cellState } from '../run/sweep.ts'
import { parseAxis, parseSeeds, type SweepCell, sweepCells } from '../run/sweep-plan.ts'
import { runLethe } from './child.ts'
import { evaluationFolder, runEvaluation } from './evaluate.ts'
import type { Terminal } from './terminal.ts'

export interface RunFlags {
  output: string
  methods: string
  seeds: string
  set: string[]
  for: string[]
  report?: string
  json?: true
}

/**
 * Trains every method with every seed, evaluates what they leave, and writes the leaderboard anew from the records; rows of
 * an earlier call stay. Goes on where it was stopped.
 *
 * @returns false where it was stopped
 */
export async function runBenchmark(
  id: string,
  flags: RunFlags,
  terminal: Terminal,
): Promise<boolean> {
  const { cwd, err, out } = terminal
  const benchmark = await readBenchmark(id, cwd)
  const output = resolve(cwd, flags.output)
  const folder = benchmarkFolder(output)
  const prepared = readPrepared(output, benchmark.id)
  const data = resolve(cwd, prepared.data)
  const tune = benchmark.splits
    ? await chooseSplit(benchmark, data, benchmark.splits.tune.join(','), false)
    : null
  const training = await trainingFiles(benchmark, data, tune, output)
  await writeFileAtomic(folder.recipe, baseRecipe(prepared.original, training, cwd))
  const methods = parseAxis(`method=${flags.methods}`).values
  const own = settingsByMethod(flags.for, methods)
  const seeds = parseSeeds(flags.seeds)
  mkdirSync(folder.runs, { recursive: true })
  const rows: LeaderboardRow[] = []
  let stop = false
  const onSignal = () => {
    stop = true
  }
  process.once('SIGINT', onSignal)
  process.once('SIGTERM', onSignal)
  for (const method of methods) {
    const sets = [...flags.set, ...(own.get(method) ?? [])]
    const runs = join(flags.output, 'runs')
    const axis = parseAxis(`method=${method}`)
    const cells = sweepCells([axis], seeds, runs)
    for (const cell of cells) {
      if (stop) return false
      if ((await trainCell(relative(cwd, folder.recipe), cell, sets, runs, terminal)) === 'stopped')
        return false
      const run = runFolderAt(resolve(cwd, runs, cell.name))
      if (!existsSync(run.model)) continue
      err.write(`${cell.name}: evaluating\n`)
      const complete = await runEvaluation(
        {
          benchmark,
          model: run.model,
          data,
          output: evaluationFolder(run.model, benchmark.id),
          limit: prepared.limit,
          split: prepared.split,
          reportTest: true,
          replace: false,
        },
        terminal,
      )
      if (!complete) return false
    }
    rows.push(
      rowOf(benchmark, method, own.get(method) ?? [], cells, seeds, folder, flags, terminal),
    )
  }
  const board = await boardOf(benchmark, flags, rows, folder, terminal)
  await writeBoard(benchmark, board, folder, flags.report, terminal)
  if (flags.json) out.write(`${JSON.stringify(board)}\n`)
  else out.write(leaderboardMarkdown(benchmark, board, null))
  return true
}

/** Trains a cell, or finds that it has ended. */
async function trainCell(
  recipe: string,
  cell: SweepCell,
  sets: readonly string[],
  runs: string,
  { cwd }: Terminal,
): Promise<'ended' | 'stopped'> {
  const argv = [
    'sweep',
    recipe,
    ...sets.flatMap((set) => ['--set', set]),
    ...cell.sets.filter((set) => set.startsWith('method=')).flatMap((set) => ['--grid', set]),
    '--seeds',
    // A lone number would be a count.
    `${cell.sets.find((set) => set.startsWith('train.seed='))?.slice('train.seed='.length)},`,
    '--output',
    runs,
  ]
  const state = cellState(resolve(cwd, runs, cell.name))
  if (state === 'finished' || state === 'guard') return 'ended'
  const code = await runLethe(argv, cwd)
  if (code === 130 || code === null) return 'stopped'
  if (code === 2)
    throw new UserError({
      code: 'bad-settings',
      path: cell.name,
      expected: 'settings that lethe sweep takes',
      got: 'the problems above',
    })
  return 'ended'
}

function rowOf(
  benchmark: Benchmark,
  name: string,
  settings: readonly string[],
  cells: readonly SweepCell[],
  seeds: readonly number[],
  folder: ReturnType<typeof benchmarkFolder>,
  flags: RunFlags,
  { cwd }: Terminal,
): LeaderboardRow {
  return {
    name,
    settings,
    seeds: cells.map((cell, i) => {
      const path = resolve(cwd, flags.output, 'runs', cell.name)
      const run = readComparedRun(path)
      const costs = {
        seed: seeds[i],
        stepMilliseconds: run.stepMilliseconds,
        peakBytes: run.peakBytes,
      }
      const { model } = runFolderAt(path)
      if (!existsSync(model))
        return { ...costs, values: null, trouble: run.trouble ?? 'no model', broken: null }
      const at = evaluationFolder(model, benchmark.id)
      const { results } = evaluatedModel(benchmark, at, folder.references)
      return { ...seedOf(benchmark, results, costs), trouble: run.trouble }
    }),
  }
}

async function boardOf(
  benchmark: Benchmark,
  flags: RunFlags,
  rows: readonly LeaderboardRow[],
  folder: ReturnType<typeof benchmarkFolder>,
  { cwd, env }: Terminal,
): Promise<Leaderboard> {
  const { recipe, provenance } = await readRecipe(relative(cwd, folder.recipe), {
    sets: flags.set,
    cwd,
    env,
  })
  const references = Object.fromEntries(
    referenceNames.map((name) => {
      const at = join(folder.references, name)
      if (!existsSync(at)) return [name, null]
      const { results } = evaluatedModel(benchmark, at, folder.references)
      return [name, Object.fromEntries(results.map(({ key, value }) => [key, value]))]
    }),
  )
  const { file } = evaluatedModel(benchmark, join(folder.references, 'original'), null)
  const repeated = [
    ...flags.set.map((set) => `--set ${set}`),
    ...flags.for.map((set) => `--for ${set}`),
  ]
  return {
    benchmark: benchmark.id,
    command: `lethe benchmark run ${benchmark.id} --methods ${flags.methods} --seeds ${flags.seeds} ${repeated.join(' ')} --output ${flags.output}`,
    recipe: toYaml(recipe, provenance, []),
    identity: { ...file.identity },
    references,
    rows,
  }
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
  const places = [[folder.markdown, folder.board, folder.figure]]
  if (report !== undefined) {
    const base = resolve(cwd, 'docs', 'results', report)
    places.push([`${base}.md`, `${base}.json`, `${base}.svg`])
  }
  for (const [markdown, data, figure] of places) {
    await writeFileAtomic(figure, chart)
    await writeFileAtomic(data, json)
    await writeFileAtomic(markdown, leaderboardMarkdown(benchmark, board, basename(figure)))
  }
}

/** What all rows share; a method is put in by the sweep. */
function baseRecipe(
  model: string,
  { forget, retain }: { forget: string; retain: string },
  cwd: string,
): string {
  const path = (file: string) => JSON.stringify(relative(cwd, resolve(cwd, file)))
  return `# Written by lethe benchmark run; --set changes values.
model: ${path(model)}
forget: { path: ${path(forget)} }
retain: { path: ${path(retain)} }
method: blur
train: { epochs: 5, batchSize: 8, learningRate: 1e-4 }
evaluate: { limit: 20, probes: 1 }
output: runs/benchmark
`
}

/** `rmu:train.learningRate=3e-3` by method. Throws UserError for a method that is not run. */
function settingsByMethod(
  texts: readonly string[],
  methods: readonly string[],
): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const text of texts) {
    const colon = text.indexOf(':')
    const method = text.slice(0, colon)
    if (colon < 1 || !methods.includes(method))
      throw new UserError({
        code: 'bad-setting',
        path: '--for',
        expected: `method:path=value, of a method in ${methods.join(', ')}`,
        got: text,
      })
    found.set(method, [...(found.get(method) ?? []), text.slice(colon + 1)])
  }
  return found
}
