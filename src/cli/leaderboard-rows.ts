import { existsSync, mkdirSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { type LeaderboardRow, type LeaderboardSeed, seedOf } from '../compare/leaderboard.ts'
import { ofEach } from '../error.ts'
import { writeFileAtomic } from '../files/atomic.ts'
import {
  benchmarkFolder,
  type PreparedBenchmark,
  readPrepared,
  type TrainingFiles,
  trainingFiles,
} from '../job/benchmark-plan.ts'
import { sweepCells } from '../job/sweep-plan.ts'
import type { Benchmark, FileNames } from '../measure/benchmark.ts'
import { evaluatedModel } from '../measure/evaluation/evaluated-model.ts'
import { evaluationFolder } from '../measure/evaluation/evaluation-task.ts'
import { chooseSplit } from '../measure/rows/split-rows.ts'
import { runFolderAt } from '../run/run-folder.ts'
import { runEvaluation } from './evaluate.ts'
import { listenForInterrupts } from './interrupts.ts'
import { cellName, checkSettings, rowName, trainCell } from './leaderboard-cell.ts'
import type { Terminal } from './terminal.ts'

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

/**
 * Trains every method with every seed in processes of their own and evaluates what they leave, beside the reference models.
 *
 * @returns one row per method; null where it was stopped
 */
export async function leaderboardRows(
  benchmark: Benchmark,
  task: RowsTask,
  terminal: Terminal,
): Promise<LeaderboardRow[] | null> {
  const { cwd } = terminal
  const output = resolve(cwd, task.output)
  const folder = benchmarkFolder(output)
  const prepared = readPrepared(output, benchmark.id)
  const data = resolve(cwd, prepared.data)
  const tune = benchmark.splits
    ? await chooseSplit(benchmark, data, benchmark.splits.tune.join(','), false)
    : null
  const training = await trainingFiles(benchmark, data, tune, output, task.forget)
  await writeFileAtomic(folder.recipe, baseRecipe(prepared.original, training, cwd))
  const runs = join(task.output, task.runs)
  mkdirSync(resolve(cwd, runs), { recursive: true })
  const interrupts = listenForInterrupts(terminal, 'no other run will be begun.')
  try {
    const context = { prepared, data, training, runs, stopRequested: interrupts.requested }
    return await makeRows(benchmark, task, context, terminal)
  } finally {
    interrupts.stop()
  }
}

interface RowsContext {
  readonly prepared: PreparedBenchmark
  readonly data: string
  readonly training: TrainingFiles
  /** the folder of the run folders */
  readonly runs: string
  readonly stopRequested: () => boolean
}

async function makeRows(
  benchmark: Benchmark,
  task: RowsTask,
  { prepared, data, training, runs, stopRequested }: RowsContext,
  terminal: Terminal,
): Promise<LeaderboardRow[] | null> {
  const { cwd } = terminal
  const folder = benchmarkFolder(resolve(cwd, task.output))
  const settingsOf = (method: string) => task.own.get(method) ?? []
  const taskOf = (method: string, seed: number, model: string) => ({
    ...{ method, seed, model, runs, training, cwd },
    recipe: relative(cwd, folder.recipe),
    sets: task.sets,
    settings: settingsOf(method),
  })
  // A mistake in the last row is not to be found after hours.
  sweepCells([{ path: 'method', values: task.methods.map(rowName) }], [task.seeds[0]], runs)
  await ofEach(task.methods, (method) =>
    checkSettings(taskOf(method, task.seeds[0], prepared.original), terminal),
  )
  await task.onBegin?.()
  const rows: LeaderboardRow[] = []
  for (const method of task.methods) {
    const seeds: LeaderboardSeed[] = []
    for (const seed of task.seeds) {
      const name = cellName(method, seed)
      const begin = task.after
        ? runFolderAt(resolve(cwd, task.output, task.after, name)).model
        : prepared.original
      if (task.after && !existsSync(begin)) {
        const trouble = 'the step before left no model'
        const costs = { seed, stepMilliseconds: null, peakBytes: null }
        seeds.push({ ...costs, values: null, trouble, broken: null })
        continue
      }
      if (stopRequested()) return null
      const trained = await trainCell(taskOf(method, seed, begin))
      if (!trained) return null
      const { trouble, ...measured } = trained
      const costs = { seed, ...measured }
      const { model } = runFolderAt(resolve(cwd, runs, name))
      if (!existsSync(model)) {
        seeds.push({ ...costs, values: null, trouble: trouble ?? 'no model', broken: null })
        continue
      }
      terminal.err.write(`${name}: evaluating\n`)
      const at = evaluationFolder(model, benchmark.id)
      const complete = await runEvaluation(
        {
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
        },
        terminal,
        stopRequested,
      )
      if (!complete) return null
      const { results } = evaluatedModel(benchmark, at, folder.references, {
        resamples: 0,
      })
      seeds.push({ ...seedOf(benchmark, results, costs), trouble })
    }
    rows.push({ name: rowName(method), method, settings: settingsOf(method), seeds })
    await task.onRow?.(rows)
  }
  return rows
}

/** What all rows share; a method is put in by the sweep. */
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
