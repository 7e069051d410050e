import { existsSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { UserError } from '../error.ts'
import { writeFileAtomic } from '../files/atomic.ts'
import { holdFolder } from '../files/hold-folder.ts'
import { dataFolder } from '../hub/hub-data.ts'
import type { Benchmark } from '../measure/benchmark.ts'
import { requireData } from '../measure/evaluation/evaluation-task.ts'
import { withExtras } from '../measure/extras.ts'
import type { MetricKinds } from '../measure/kind/kind.ts'
import { expectedFile } from '../measure/rows/read-rows.ts'
import { wantedData } from '../measure/rows/wanted-data.ts'
import type { Setting } from '../recipe/override.ts'
import { registryWith } from '../recipe/plugins.ts'
import { readPretrainRecipe } from '../recipe/read.ts'
import { readBenchmark } from '../recipe/read-benchmark.ts'
import { runFolderAt } from '../run/run-folder.ts'
import {
  benchmarkFolder,
  type PreparedBenchmark,
  type TrainingFiles,
  trainingFiles,
} from './benchmark-folder.ts'
import { performCell } from './cell.ts'
import { cellTask } from './cell-state.ts'
import type { JobContext } from './context.ts'
import { evaluate } from './evaluate-job.ts'

/** The reference models of a benchmark: folders, or a recipe that makes what is not given. */
export interface PrepareTask {
  /** a benchmark's id, or a .yaml file */
  readonly benchmark: string
  readonly output: string
  readonly data?: string | undefined
  readonly model?: string | undefined
  readonly neverTrained?: string | undefined
  readonly pretrain?: string | undefined
  /** modules that define what the benchmark or that recipe names */
  readonly plugins: readonly string[]
  /** `path=value` texts for that recipe */
  readonly sets: readonly string[]
  readonly limit: number | null
  readonly split: string | null
  readonly extras: readonly string[]
  readonly reportTest: boolean
}

/**
 * Makes the reference models where a recipe is given instead of folders, and evaluates them.
 *
 * @returns false where it was stopped
 * @throws UserError that says how to make a reference which is missing
 */
export function performPrepare(task: PrepareTask, context: JobContext): Promise<boolean> {
  return holdFolder(resolve(context.cwd, task.output), () => prepare(task, context))
}

async function prepare(task: PrepareTask, context: JobContext): Promise<boolean> {
  const { cwd, env, tell, stopRequested } = context
  const { limit, split, extras, reportTest } = task
  const registry = await registryWith(task.plugins, cwd)
  const benchmark = withExtras(await readBenchmark(task.benchmark, cwd, registry), extras)
  const named = requireData(benchmark, task.data ?? null, '--data')
  const data = await dataFolder(named, wantedData(benchmark), env)
  const output = resolve(cwd, task.output)
  const training =
    task.pretrain && benchmark.training ? await trainingFiles(benchmark, data, null, output) : null
  const original =
    task.model ??
    (training
      ? await pretrained('original', originalFiles(benchmark, data, training), [], task, context)
      : missing(benchmark, '--model', 'the original model'))
  if (original === null || stopRequested()) return false
  // The same tokenizer: other tokens would make probabilities per token incomparable.
  const tokenizer = { path: 'tokenizer', value: { path: original } }
  const neverTrained =
    task.neverTrained ??
    (training
      ? await pretrained('never-trained', [training.retain], [tokenizer], task, context)
      : needsNeverTrained(benchmark, registry.metrics)
        ? missing(benchmark, '--never-trained', 'a model never trained on the forget set')
        : undefined)
  if (neverTrained === null) return false
  const folder = benchmarkFolder(output)
  for (const [name, model] of [
    ['original', original],
    ['never-trained', neverTrained],
  ] as const) {
    if (model === undefined) continue
    if (stopRequested()) return false
    tell({ kind: 'reference', name, task: 'evaluate' })
    const own = { benchmark, model, original, data, limit, split, reportTest }
    const at = join(folder.references, name)
    if (!(await evaluate({ ...own, output: at, replace: false }, context))) return false
  }
  const prepared: PreparedBenchmark = {
    benchmark: benchmark.id,
    data: relative(cwd, resolve(cwd, data)) || '.',
    original,
    neverTrained: neverTrained ?? null,
    limit,
    split,
    extras,
  }
  await writeFileAtomic(folder.prepared, `${JSON.stringify(prepared, null, 2)}\n`)
  return true
}

/** The model of a reference, trained where it is not there yet; null where that was stopped. */
async function pretrained(
  name: string,
  files: readonly string[],
  own: readonly Setting[],
  task: PrepareTask,
  context: JobContext,
): Promise<string | null> {
  const { cwd, env, tell, stopRequested } = context
  const output = join(task.output, name)
  const model = join(output, 'model')
  const path = resolve(cwd, output)
  if (existsSync(runFolderAt(path).model)) return model
  tell({ kind: 'reference', name, task: 'train' })
  const next = await cellTask(path, cwd)
  const recipe = task.pretrain as string
  const settings = [{ path: 'data.path', value: files }, { path: 'output', value: output }, ...own]
  const loaded = await readPretrainRecipe(recipe, {
    sets: [...task.sets, ...settings],
    plugins: task.plugins,
    cwd,
    env,
  })
  const outcome =
    next === 'skip' ? 'guard' : await performCell(next, loaded, `lethe pretrain ${recipe}`, context)
  if (outcome === 'finished') return model
  if (outcome === 'interrupted' || stopRequested()) return null
  throw new UserError({
    code: 'no-reference',
    path: output,
    expected: 'a trained reference model',
    got: `training that ended without one (${outcome}): see above`,
  })
}

function needsNeverTrained({ metrics }: Benchmark, kinds: MetricKinds): boolean {
  return Object.values(metrics).some(
    ({ kind, better }) => better === 'neverTrained' || kinds.get(kind)?.needsNeverTrained,
  )
}

/** The files that the original model is trained on: the file that the benchmark names, else all that is forgotten or kept. */
export function originalFiles(
  { training }: Benchmark,
  data: string,
  { forget, retain }: TrainingFiles,
): string[] {
  const named = training?.original
  return named ? [expectedFile(data, named)] : [forget, retain]
}

function missing({ id }: Benchmark, flag: string, what: string): never {
  throw new UserError({
    code: 'missing-reference',
    path: flag,
    expected: what,
    got: 'nothing',
    hint: `Name its folder with ${flag}, or a recipe that makes it with --pretrain: lethe benchmark prepare ${id} --pretrain recipes/tofu-pretrain.yaml …`,
  })
}
