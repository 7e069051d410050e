import { existsSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { UserError } from '../error.ts'
import { writeFileAtomic } from '../files/atomic.ts'
import { dataFolder } from '../hub/hub-data.ts'
import {
  benchmarkFolder,
  type PreparedBenchmark,
  type TrainingFiles,
  trainingFiles,
} from '../job/benchmark-plan.ts'
import { cellTask } from '../job/sweep.ts'
import type { Benchmark } from '../measure/benchmark.ts'
import { withExtras } from '../measure/extras.ts'
import { metricKinds } from '../measure/kind/kinds.ts'
import { expectedFile } from '../measure/rows/read-rows.ts'
import { wantedData } from '../measure/rows/wanted-data.ts'
import { readBenchmark } from '../recipe/read-benchmark.ts'
import { runFolderAt } from '../run/run-folder.ts'
import { runLethe } from './child.ts'
import { requireData, runEvaluation } from './evaluate.ts'
import type { Terminal } from './terminal.ts'

export interface PrepareFlags {
  output: string
  data?: string
  model?: string
  neverTrained?: string
  pretrain?: string
  set: string[]
  limit?: number
  split?: string
  with: string[]
  reportTest?: true
  json?: true
}

/**
 * Makes the reference models where a recipe is given instead of folders, and evaluates them.
 *
 * @returns false where it was stopped
 * @throws UserError that says how to make a reference which is missing
 */
export async function prepareBenchmark(
  id: string,
  flags: PrepareFlags,
  terminal: Terminal,
): Promise<boolean> {
  const { cwd, err } = terminal
  const benchmark = withExtras(await readBenchmark(id, cwd), flags.with)
  const named = requireData(benchmark, flags.data)
  const data = await dataFolder(named, wantedData(benchmark), terminal.env)
  const output = resolve(cwd, flags.output)
  const pretrained = async (name: string, files: readonly string[], sets: string[]) => {
    const folder = join(flags.output, name)
    const model = runFolderAt(resolve(cwd, folder)).model
    if (existsSync(model)) return join(folder, 'model')
    const task = await cellTask(resolve(cwd, folder), cwd)
    err.write(`training the ${name} model\n`)
    const all = [...flags.set, `data.path=${JSON.stringify(files)}`, `output=${folder}`, ...sets]
    const argv =
      task === 'resume'
        ? ['resume', folder]
        : [
            'pretrain',
            flags.pretrain as string,
            ...all.flatMap((set) => ['--set', set]),
            ...(task === 'replace' ? ['--replace'] : []),
          ]
    const code = await runLethe(argv, cwd)
    if (code === 130 || code === null) return null
    if (code === 0) return join(folder, 'model')
    throw new UserError({
      code: 'no-reference',
      path: folder,
      expected: 'a trained reference model',
      got: `lethe ${argv[0]} that ended with exit code ${code}`,
    })
  }
  const training =
    flags.pretrain && benchmark.training ? await trainingFiles(benchmark, data, null, output) : null
  const original =
    flags.model ??
    (training
      ? await pretrained('original', originalFiles(benchmark, data, training), [])
      : missing(benchmark, '--model', 'the original model'))
  if (original === null) return false
  const neverTrained =
    flags.neverTrained ??
    (training
      ? // The same tokenizer: other tokens would make probabilities per token incomparable.
        await pretrained(
          'never-trained',
          [training.retain],
          [`tokenizer={path: ${JSON.stringify(original)}}`],
        )
      : needsNeverTrained(benchmark)
        ? missing(benchmark, '--never-trained', 'a model never trained on the forget set')
        : undefined)
  if (neverTrained === null) return false
  const folder = benchmarkFolder(output)
  for (const [name, model] of [
    ['original', original],
    ['never-trained', neverTrained],
  ] as const) {
    if (model === undefined) continue
    err.write(`evaluating the ${name} model\n`)
    const task = {
      benchmark,
      model,
      original,
      data,
      output: join(folder.references, name),
      limit: flags.limit ?? null,
      split: flags.split ?? null,
      reportTest: flags.reportTest ?? false,
      replace: false,
    }
    if (!(await runEvaluation(task, terminal))) return false
  }
  const prepared: PreparedBenchmark = {
    benchmark: benchmark.id,
    data: relative(cwd, resolve(cwd, data)) || '.',
    original,
    neverTrained: neverTrained ?? null,
    limit: flags.limit ?? null,
    split: flags.split ?? null,
    extras: flags.with,
  }
  await writeFileAtomic(folder.prepared, `${JSON.stringify(prepared, null, 2)}\n`)
  return true
}

function needsNeverTrained({ metrics }: Benchmark): boolean {
  return Object.values(metrics).some(
    ({ kind, better }) => better === 'neverTrained' || metricKinds.get(kind)?.needsNeverTrained,
  )
}

/** What the original model is trained on: the file that the benchmark names, else all that is forgotten or kept. */
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
