import { dirname, join, resolve } from 'node:path'
import { formatProblem } from '../../error.ts'
import { list, pluginOption, wholeNumber } from '../arguments.ts'
import { exitCode } from '../exit-code.ts'
import { performing } from '../performing.ts'
import { printJson } from '../print-error.ts'
import type { Terminal } from '../terminal.ts'
import type { CommandModule } from './command.ts'

const help = `
On a benchmark (lethe benchmark list, or a .yaml of your own): one record per row is written as it
comes, a stopped evaluation goes on when called again, and metrics are made of the records, beside
those of the reference models that lethe benchmark prepare made.
With --forget and --retain instead: files of any shape that lethe run trains on, with its metrics;
records and stops are the same.

Examples:
  $ lethe eval runs/blur/model --benchmark tofu/forget05 --data tofu --references runs/tofu/references
  $ lethe eval ./my-model --benchmark mine.yaml --data . --no-references
  $ lethe eval ./my-model --forget forget.jsonl --retain retain.jsonl --limit 100`

interface Flags {
  benchmark?: string
  data?: string
  references: string | boolean
  plugin: string[]
  with: string[]
  original?: string
  output?: string
  split?: string
  reportTest?: true
  replace?: true
  forget?: string
  retain?: string
  limit?: number
  maxNewTokens: number
  json?: true
}

export const command: CommandModule = {
  values: async () => {
    const { benchmarks } = await import('../../benchmark/benchmarks.ts')
    return { '--benchmark': [...benchmarks.keys()] }
  },
  define(command, terminal, exit, next) {
    command
      .argument('<model>', 'A Hugging Face model folder, a GGUF file, or a run.')
      .option('--benchmark <id>', 'A benchmark by its id, or a .yaml file.')
      .option('--data <folder>', 'The folder with its data, or hub:owner/name.')
      .option('--references <folder>', 'Evaluations of the reference models.')
      .option('--no-references', 'Go without: what needs them has no value.')
      .option(
        '--with <names>',
        'Extras that are measured too; benchmark list names them.',
        list,
        [],
      )
      .option('--original <folder>', 'The original model, for extras that need it.')
      .addOption(pluginOption())
      .option('--output <folder>', 'Where records go; evaluation/ beside the model unless told.')
      .option('--split <names>', 'Parts of the rows, of a benchmark that has them.')
      .option('--report-test', 'Allow splits that must not be tuned on.')
      .option('--replace', 'Delete the evaluation that is in the output folder.')
      .option('--forget <file>', 'Data that should have been forgotten.')
      .option('--retain <file>', 'Data that should have been kept.')
      .option('--limit <count>', 'Examples of each set, spread over it.', wholeNumber(1))
      .option(
        '--max-new-tokens <count>',
        'Longest answer, without a benchmark.',
        wholeNumber(1),
        64,
      )
      .addHelpText('after', help)
      .action(async (given: string, flags: Flags) => {
        terminal.err.write(`opening ${given} …\n`)
        const { modelAt } = await import('../../run/exported-states.ts')
        const { openModel } = await import('../../train/session.ts')
        const path = modelAt(resolve(terminal.cwd, given))
        for (const note of (await openModel(path)).notes)
          terminal.err.write(`note: ${formatProblem(note)}\n`)
        const measure = flags.benchmark === undefined ? onFiles : onBenchmark
        if (!(await measure(path, flags, terminal))) return exit(exitCode.interrupted)
        const isOfRun = path !== resolve(terminal.cwd, given)
        if (isOfRun) next(['compare', join(dirname(given), '*')])
        else if (flags.forget !== undefined)
          next(['init', 'takedown.yaml', '--model', given, '--forget', flags.forget])
        return undefined
      })
  },
}

async function onBenchmark(model: string, flags: Flags, terminal: Terminal): Promise<boolean> {
  const { registryWith } = await import('../../recipe/plugins.ts')
  const { readBenchmark } = await import('../../recipe/read-benchmark.ts')
  const { conclude, evaluate } = await import('../../job/evaluate-job.ts')
  const { showEvaluation } = await import('../job-words.ts')
  const { evaluationFolder, requireData } = await import(
    '../../measure/evaluation/evaluation-task.ts'
  )
  const { missingReferences } = await import('../../measure/evaluation/evaluated-model.ts')
  const { withExtras } = await import('../../measure/extras.ts')
  const { cwd } = terminal
  const registry = await registryWith(flags.plugin, cwd)
  const kinds = registry.metrics
  const named = await readBenchmark(flags.benchmark as string, cwd, registry)
  const benchmark = withExtras(named, flags.with)
  const data = requireData(benchmark, flags.data ?? null, '--data')
  const references = typeof flags.references === 'string' ? flags.references : null
  const missing =
    flags.references === false || references ? null : missingReferences(benchmark, kinds)
  if (missing) throw missing
  const output = flags.output ?? evaluationFolder(resolve(cwd, model), benchmark.id)
  const task = {
    benchmark,
    model,
    original: flags.original ?? null,
    data,
    output,
    limit: flags.limit ?? null,
    split: flags.split ?? null,
    reportTest: flags.reportTest ?? false,
    replace: flags.replace ?? false,
  }
  const complete = await performing(terminal, {}, (context) => evaluate(task, context))
  if (!complete) return false
  const evaluated = await conclude(task, references, { cwd, kinds })
  const { file, results, warnings } = evaluated
  if (flags.json) printJson({ ok: true, output, file, results, warnings }, terminal)
  else showEvaluation(evaluated, output, terminal)
  return true
}

async function onFiles(path: string, flags: Flags, terminal: Terminal): Promise<boolean> {
  const { cwd, err, out } = terminal
  const { evaluateModel } = await import('../../job/evaluate-files.ts')
  const { arrowOf } = await import('../../measure/direction.ts')
  const evaluated = await performing(terminal, {}, ({ stopRequested, tell }) => {
    tell({ kind: 'measuring' })
    return evaluateModel({
      model: resolve(cwd, path),
      forget: flags.forget ?? null,
      retain: flags.retain ?? null,
      limit: flags.limit ?? null,
      maxNewTokens: flags.maxNewTokens,
      output: flags.output && resolve(cwd, flags.output),
      replace: flags.replace ?? false,
      stopRequested,
      tell: (progress) => tell({ kind: 'records', ...progress }),
    })
  })
  if (!evaluated) return false
  const { results, output } = evaluated
  if (flags.json) {
    printJson({ ok: true, output, metrics: results }, terminal)
    return true
  }
  const number = (value: number | null) => value?.toFixed(3) ?? 'not finite'
  for (const { key, value, interval, better, count } of results)
    out.write(
      `${key.padEnd(20)} ${arrowOf(better)} ${number(value)}  ${interval ? `[${interval.map(number).join(', ')}]` : ''}  n = ${count}\n`,
    )
  err.write(`records: ${output}\n`)
  return true
}
