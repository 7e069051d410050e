import { existsSync, mkdirSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { type LeaderboardRow, type LeaderboardSeed, seedOf } from '../compare/leaderboard.ts'
import { ofEach } from '../error.ts'
import { writeFileAtomic } from '../files/atomic.ts'
import { holdFolder } from '../files/hold-folder.ts'
import type { Benchmark, FileNames } from '../measure/benchmark.ts'
import { evaluationFolder } from '../measure/evaluation/evaluation-task.ts'
import type { MetricKinds } from '../measure/kind/kind.ts'
import { chooseSplit } from '../measure/rows/split-rows.ts'
import { runFolderAt } from '../run/run-folder.ts'
import {
  benchmarkFolder,
  type PreparedBenchmark,
  readPrepared,
  type TrainingFiles,
  trainingFiles,
} from './benchmark-folder.ts'
import { cellName, planSeed, rowName, type SeedTask, trainSeed } from './board-row.ts'
import type { JobContext } from './context.ts'
import { conclude, evaluate } from './evaluate-job.ts'
import { sweepCells } from './sweep-cells.ts'

/** The rows of a board. */
export interface RowsTask {
  /** the folder that `prepare` made */
  readonly output: string
  /** where runs go, inside of it */
  readonly runs: string
  /** by id, with settings, or files of recipes of stages */
  readonly methods: readonly string[]
  readonly seeds: readonly number[]
  /** `path=value` texts for all methods */
  readonly sets: readonly string[]
  /** modules that are loaded beside those that recipes name */
  readonly plugins: readonly string[]
  /** what the benchmark's metrics may be of */
  readonly kinds: MetricKinds
  /** settings by method */
  readonly own: ReadonlyMap<string, readonly string[]>
  /** what is to be forgotten, of the data folder, unless it is the benchmark's own file */
  readonly forget?: FileNames
  /** called when every setting was checked, before anything is trained */
  readonly onBegin?: () => Promise<void>
  /** called with all rows so far when one is done */
  readonly onRow?: (rows: readonly LeaderboardRow[]) => Promise<void>
  /** runs, inside of `output`, whose models these begin with; the original model unless given */
  readonly after?: string
}

interface Surroundings {
  readonly benchmark: Benchmark
  readonly task: RowsTask
  readonly prepared: PreparedBenchmark
  readonly data: string
  readonly training: TrainingFiles
}

/**
 * Launches every method with every seed and evaluates what they leave, beside the reference models.
 *
 * @returns one row per method; null where it was stopped
 */
export async function performRows(
  benchmark: Benchmark,
  task: RowsTask,
  context: JobContext,
): Promise<LeaderboardRow[] | null> {
  const output = resolve(context.cwd, task.output)
  const prepared = readPrepared(output, benchmark.id)
  return holdFolder(output, () => makeRows(benchmark, task, prepared, context))
}

async function makeRows(
  benchmark: Benchmark,
  task: RowsTask,
  prepared: PreparedBenchmark,
  context: JobContext,
): Promise<LeaderboardRow[] | null> {
  const { cwd } = context
  const output = resolve(cwd, task.output)
  const folder = benchmarkFolder(output)
  const data = resolve(cwd, prepared.data)
  const tune = benchmark.splits
    ? await chooseSplit(benchmark, data, benchmark.splits.tune.join(','), false)
    : null
  const training = await trainingFiles(benchmark, data, tune, output, task.forget)
  await writeFileAtomic(folder.recipe, baseRecipe(prepared.original, training, cwd))
  mkdirSync(join(output, task.runs), { recursive: true })
  const around = { benchmark, task, prepared, data, training }
  const { methods, seeds } = task
  // A mistake in the last row is not to be found after hours.
  sweepCells([{ path: 'method', values: methods.map(rowName) }], [seeds[0]], task.runs)
  await ofEach(methods, (method) =>
    planSeed(seedTask(around, method, seeds[0], prepared.original, cwd), context),
  )
  await task.onBegin?.()
  const rows: LeaderboardRow[] = []
  for (const method of methods) {
    const made: LeaderboardSeed[] = []
    for (const seed of seeds) {
      const index = rows.length * seeds.length + made.length
      const one = await performSeed(around, method, seed, index, context)
      if (!one) return null
      made.push(one)
    }
    rows.push({ name: rowName(method), method, settings: settingsOf(task, method), seeds: made })
    await task.onRow?.(rows)
  }
  return rows
}

/** Trains and evaluates one seed of a row; null where it was stopped. */
async function performSeed(
  around: Surroundings,
  method: string,
  seed: number,
  index: number,
  context: JobContext,
): Promise<LeaderboardSeed | null> {
  const { benchmark, task, prepared, data } = around
  const { cwd, stopRequested, tell } = context
  const output = resolve(cwd, task.output)
  const name = cellName(method, seed)
  const nothing = { seed, stepMilliseconds: null, peakBytes: null, values: null, broken: null }
  const modelIn = (runs: string) => runFolderAt(join(output, runs, name)).model
  const begin = task.after ? modelIn(task.after) : prepared.original
  if (task.after && !existsSync(begin))
    return { ...nothing, trouble: 'the step before left no model' }
  if (stopRequested()) return null
  const place = { name, index, of: task.methods.length * task.seeds.length }
  const trained = await trainSeed(seedTask(around, method, seed, begin, cwd), context, (next) =>
    tell({ kind: 'cell', ...place, task: next }),
  )
  if (!trained) return null
  const { trouble, ...costs } = trained
  const model = modelIn(task.runs)
  if (!existsSync(model)) return { ...nothing, ...costs, trouble: trouble ?? 'no model' }
  tell({ kind: 'cell', ...place, task: 'evaluate' })
  const at = evaluationFolder(model, benchmark.id)
  const evaluation = {
    benchmark,
    model,
    original: prepared.original,
    data,
    output: at,
    limit: prepared.limit,
    split: prepared.split,
    // Allowed or not when the references were prepared.
    reportTest: true,
    replace: false,
  }
  if (!(await evaluate(evaluation, context))) return null
  const { references } = benchmarkFolder(output)
  const { results } = await conclude(evaluation, references, { cwd, kinds: task.kinds })
  return { ...seedOf(benchmark, results, { seed, ...costs }), trouble }
}

function seedTask(
  { task, training }: Surroundings,
  method: string,
  seed: number,
  model: string,
  cwd: string,
): SeedTask {
  return {
    ...{ method, seed, model, training },
    runs: join(task.output, task.runs),
    recipe: relative(cwd, benchmarkFolder(resolve(cwd, task.output)).recipe),
    sets: task.sets,
    plugins: task.plugins,
    settings: settingsOf(task, method),
  }
}

const settingsOf = ({ own }: RowsTask, method: string) => own.get(method) ?? []

/** The recipe that all rows share; each puts its method in. */
export function baseRecipe(
  model: string,
  { forget, retain, template }: TrainingFiles,
  cwd: string,
): string {
  const path = (file: string) => JSON.stringify(relative(cwd, resolve(cwd, file)))
  const written = template ? `, template: ${JSON.stringify(template)}` : ''
  return `# Written by lethe benchmark run; --set changes values.
model: ${path(model)}
forget: { path: ${path(forget)}${written} }
retain: { path: ${path(retain)}${written} }
method: blur
train: { epochs: 5, batchSize: 8, learningRate: 1e-4 }
evaluate: { limit: 20, probes: 1 }
output: runs/benchmark
`
}
