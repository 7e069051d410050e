import type { Command } from 'commander'
import { benchmarks } from '../../benchmark/benchmarks.ts'
import { UserError } from '../../error.ts'
import { performBoard } from '../../job/board-job.ts'
import { performPrepare } from '../../job/prepare-job.ts'
import { methods } from '../../method/methods.ts'
import { leaderboardMarkdown } from '../../report/leaderboard-page.ts'
import { collect, list, pluginOption, setOption, wholeNumber } from '../arguments.ts'
import { exitCode } from '../exit-code.ts'
import { parseAxis, parseSeeds } from '../grid.ts'
import { performing } from '../performing.ts'
import { printJson } from '../print-error.ts'
import type { CommandModule } from './command.ts'

const help = `
prepare evaluates the reference models: the original, and one never trained on the forget set, which
a pretraining recipe can make. run trains every method with every seed, evaluates each beside the
references, and writes a leaderboard from the records. Both go on where they were stopped.

Examples:
  $ lethe benchmark list
  $ lethe benchmark prepare tofu/forget05 --data tofu --pretrain recipes/tofu-pretrain.yaml --output runs/tofu
  $ lethe benchmark prepare tofu/forget05 --data tofu --model ./full --never-trained ./retain95 --output runs/tofu
  $ lethe benchmark run tofu/forget05 --methods blur,npo --seeds 3 --output runs/tofu`

interface PrepareFlags {
  output: string
  data?: string
  model?: string
  neverTrained?: string
  pretrain?: string
  set: string[]
  plugin: string[]
  limit?: number
  split?: string
  with: string[]
  reportTest?: true
  json?: true
}

interface RunFlags {
  output: string
  methods: string
  seeds: string
  set: string[]
  plugin: string[]
  for: string[]
  beside?: string
  report?: string
  study?: string
  json?: true
}

export const command: CommandModule = {
  values: () => ({ benchmark: [...benchmarks.keys()], '--methods': [...methods.keys()] }),
  define(command, terminal, exit, next) {
    command.addHelpText('after', help)
    command
      .command('list')
      .description('List the benchmarks.')
      .action((_: object, self: Command) => {
        const { json } = self.optsWithGlobals<{ json?: true }>()
        if (json) {
          terminal.out.write(`${JSON.stringify([...benchmarks.values()], null, 2)}\n`)
          return
        }
        for (const { id, title, source, extras } of benchmarks.values()) {
          const lines = [source, ...Object.entries(extras).map(extraLine)]
          terminal.out.write(
            `${id.padEnd(14)} ${title}\n${lines.map((line) => `${' '.repeat(15)}${line}\n`).join('')}`,
          )
        }
      })
    shared(command.command('prepare'))
      .description('Make and evaluate the reference models.')
      .option('--data <folder>', 'The folder with its data, or hub:owner/name.')
      .option('--model <folder>', 'The original model.')
      .option('--never-trained <folder>', 'The model never trained on the forget set.')
      .option('--pretrain <recipe>', 'A pretraining recipe that makes what is not given.')
      .addOption(setOption('Set a value in that recipe'))
      .addOption(pluginOption())
      .option('--limit <count>', 'Rows of each set, spread over it.', wholeNumber(1))
      .option('--split <names>', 'Parts of the rows, of a benchmark that has them.')
      .option(
        '--with <names>',
        'Extras that are measured too; benchmark list names them.',
        list,
        [],
      )
      .option('--report-test', 'Allow splits that must not be tuned on.')
      .action(async (id: string, _: object, self: Command) => {
        const flags = self.optsWithGlobals<PrepareFlags>()
        const { set: sets, plugin: plugins, limit = null, split = null, with: extras } = flags
        const { reportTest = false } = flags
        const task = { ...flags, benchmark: id, sets, plugins, limit, split, extras, reportTest }
        const complete = await performing(terminal, {}, (context) => performPrepare(task, context))
        if (!complete) exit(exitCode.interrupted)
        else if (flags.json) printJson({ ok: true, output: flags.output }, terminal)
        if (complete)
          next(['benchmark', 'run', id, '--methods', 'blur,npo', '--output', flags.output])
      })
    shared(command.command('run'))
      .description('Train, evaluate and rank methods.')
      .requiredOption(
        '--methods <a,b>',
        'Methods by id, settings ({id: blur, gamma: 2}), or recipes of stages (file.yaml).',
      )
      .option('--seeds <list>', 'How many seeds, from 0, or which: 4,7.', '1')
      .addOption(setOption('Set a value in all runs'))
      .addOption(pluginOption())
      .option(
        '--for <method:path=value>',
        'Set a value in the runs of one method; may be repeated.',
        collect,
        [],
      )
      .option('--study <name>', 'Forget in several steps, as the benchmark says, instead of once.')
      .option(
        '--beside <file.json>',
        'Rank the rows of another leaderboard of the same models with these.',
      )
      .option('--report <file.md>', 'Also write the board there, with .json and .svg beside it.')
      .action(async (id: string, _: object, self: Command) => {
        const flags = self.optsWithGlobals<RunFlags>()
        const methods = parseAxis(`method=${flags.methods}`).values
        const task = {
          ...flags,
          benchmark: id,
          methods,
          seeds: parseSeeds(flags.seeds),
          sets: flags.set,
          plugins: flags.plugin,
          own: settingsByMethod(flags.for, methods),
        }
        const made = await performing(terminal, {}, (context) => performBoard(task, context))
        if (!made) exit(exitCode.interrupted)
        else if (flags.json) terminal.out.write(`${JSON.stringify(made.board)}\n`)
        else
          terminal.out.write(
            leaderboardMarkdown(made.benchmark, made.board, { figure: null, notes: null }),
          )
        if (made) next(['studio', flags.output])
      })
  },
}

function extraLine([name, { description }]: [string, { description: string }]): string {
  return `--with ${name}: ${description}`
}

function shared(command: Command): Command {
  return command
    .argument('<benchmark>', 'A benchmark by its id, or a .yaml file.')
    .option('--output <folder>', 'The folder of the benchmark.', 'runs/benchmark')
}

/**
 * `rmu:train.learningRate=3e-3` by method.
 *
 * @throws UserError for a method that is not run
 */
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
