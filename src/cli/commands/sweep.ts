import { join } from 'node:path'
import { sweepCells, withSettings } from '../../job/sweep-cells.ts'
import { performSweep, resolveCells } from '../../job/sweep-job.ts'
import { collect, pluginOption, setOption } from '../arguments.ts'
import { exitCode } from '../exit-code.ts'
import { parseAxis, parseSeeds } from '../grid.ts'
import { performing } from '../performing.ts'
import { printJson } from '../print-error.ts'
import type { CommandModule } from './command.ts'

const help = `
Every combination of the grid with every seed is a run of its own, in a folder of its own, one after
another. Called again it skips runs that ended (a guard is an end too) and goes on with one that was
stopped. Ctrl-C saves the state of the run in progress. Exit: 0, 1 if a run failed, 130 if stopped.

Examples:
  $ lethe sweep takedown.yaml --grid method=blur,npo --seeds 3 --output runs/sweep
  $ lethe sweep takedown.yaml --grid method.gamma=0.1,1 --grid train.learningRate=1e-5,3e-5 --dry-run
  $ lethe compare runs/sweep/*_seed*`

interface Flags {
  grid: string[]
  seeds: string
  set: string[]
  plugin: string[]
  output: string
  dryRun?: true
  json?: true
}

export const command: CommandModule = {
  define(command, terminal, exit, next) {
    command
      .argument('<recipe>', 'An unlearning recipe (.yaml, .yml or .json).')
      .option('--grid <path=a,b>', 'Values that a key takes; may be repeated.', collect, [])
      .option('--seeds <list>', 'How many seeds, from 0, or which: 4,7.', '1')
      .addOption(setOption('Set a value in all runs'))
      .addOption(pluginOption())
      .option('--output <folder>', 'Folder of the run folders.', 'runs/sweep')
      .option('--dry-run', 'Check every run and list them; start none.')
      .addHelpText('after', help)
      .action(async (file: string, flags: Flags) => {
        const { output, json } = flags
        const { out } = terminal
        const cells = sweepCells(flags.grid.map(parseAxis), parseSeeds(flags.seeds), output).map(
          (cell) => withSettings(cell, flags.set),
        )
        const sweep = { file, plugins: flags.plugin, output, cells }
        const recipes = await resolveCells(sweep, terminal)
        if (flags.dryRun) {
          if (json) return printJson({ ok: true, cells }, terminal)
          const words = (flag: string, values: readonly string[]) =>
            values.map((value) => `${flag} ${value}`)
          for (const { name, sets } of cells)
            out.write(
              `${name}: ${[...words('--plugin', flags.plugin), ...words('--set', sets)].join(' ')}\n`,
            )
          return undefined
        }
        const results = await performing(terminal, {}, (context) =>
          performSweep(sweep, recipes, context),
        )
        if (json) printJson({ ok: true, cells: results }, terminal)
        else out.write(results.map(({ name, state }) => `${name}: ${state}\n`).join(''))
        next(['compare', join(output, '*_seed*')])
        if (results.some(({ state }) => state === 'interrupted' || state === 'waiting'))
          exit(exitCode.interrupted)
        else if (results.some(({ state }) => state === 'failed')) exit(exitCode.failed)
        return undefined
      })
  },
}
