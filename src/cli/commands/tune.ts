import { join } from 'node:path'
import { Option } from 'commander'
import { keptAt } from '../../compare/equal-forgetting.ts'
import { forgettingLevels, type TunedMethod } from '../../compare/tuned-methods.ts'
import { UserError } from '../../error.ts'
import { performTune, searchSeed } from '../../job/tune-job.ts'
import { methods } from '../../method/methods.ts'
import { secondsOf } from '../../recipe/section/goal-section.ts'
import { decimal } from '../../report/format.ts'
import { pluginOption, setOption, wholeNumber } from '../arguments.ts'
import { exitCode } from '../exit-code.ts'
import { parseAxis, parseSeeds } from '../grid.ts'
import { performing } from '../performing.ts'
import { printJson } from '../print-error.ts'
import type { CommandModule } from './command.ts'

const help = `
Each method gets the same time, or the same steps, to find its learning rate on seed ${searchSeed}, towards
the recipe's goal, and as much on each of the seeds that are shown. The table says what each keeps at
equal forgetting, its time and its memory. Called again it skips runs that ended and goes on with one
that was stopped.
Exit: 0, 130 if stopped.

Examples:
  $ lethe tune takedown.yaml --methods level,blur,npo --within 2h
  $ lethe tune takedown.yaml --methods level,pdu --steps 200 --seeds 1,
  $ lethe tune takedown.yaml --methods 'npo,{id: npo, retainWeight: 5}' --within 1h --seeds 1,`

const usualTime = '2h'

interface Flags {
  methods: string
  within?: string
  steps?: number
  seeds: string
  set: string[]
  plugin: string[]
  output: string
  json?: true
}

export const command: CommandModule = {
  values: () => ({ '--methods': [...methods.keys()] }),
  define(command, terminal, exit, next) {
    command
      .argument('<recipe>', 'An unlearning recipe (.yaml, .yml or .json).')
      .requiredOption('--methods <a,b>', 'The methods, each an id or {id: …, knob: …}.')
      .option('--within <time>', `Time for all of it: 30m, 2h. (default: ${usualTime})`)
      .addOption(
        new Option('--steps <count>', 'Steps of each run, in place of time.')
          .argParser(wholeNumber(1))
          .conflicts('within'),
      )
      .option('--seeds <list>', 'The seeds that are shown: 1,2, or 5, for one.', '1,2')
      .addOption(setOption('Set a value in all runs'))
      .addOption(pluginOption())
      .option('--output <folder>', 'Folder of the runs and of the table.', 'runs/tune')
      .addHelpText('after', help)
      .action(async (file: string, flags: Flags) => {
        const { output, json } = flags
        const tune = {
          file,
          plugins: flags.plugin,
          sets: flags.set,
          methods: [...new Set(parseAxis(`method=${flags.methods}`).values)],
          budget:
            flags.steps === undefined
              ? { seconds: secondsOfFlag(flags.within ?? usualTime) }
              : { stepsPerRun: flags.steps },
          seeds: shownSeeds(flags.seeds),
          output,
        }
        const tuned = await performing(terminal, {}, (context) => performTune(tune, context))
        if (!tuned) return exit(exitCode.interrupted)
        next(['studio', output])
        if (json) return printJson({ ok: true, ...tuned }, terminal)
        terminal.out.write(`${tuned.methods.map(line).join('')}table: ${join(output, 'tune.md')}\n`)
        return undefined
      })
  },
}

/** What a method keeps at the lowest level that all its seeds come to. */
function line({ method, learningRate, shown }: TunedMethod): string {
  if (learningRate === null) return `${method}: no learning rate was found\n`
  const reached = `goal reached ${shown.filter(({ end }) => end?.reached).length} of ${shown.length}`
  const lowest = forgettingLevels.findLast((level) =>
    shown.every(({ path }) => keptAt(path, level) !== null),
  )
  if (lowest === undefined) return `${method}: ${reached}\n`
  const kept = shown.map(({ path }) => decimal(keptAt(path, lowest), 2)).join(', ')
  return `${method}: ${reached}; keeps ${kept} at ${lowest} left\n`
}

function secondsOfFlag(text: string): number {
  const seconds = secondsOf(text)
  if (seconds > 0) return seconds
  throw new UserError({
    code: 'bad-duration',
    path: '--within',
    expected: 'a number with s, m or h',
    got: text,
    hint: 'For example --within 2h',
  })
}

/** The search has a seed of its own, so that what is shown was not chosen by. */
function shownSeeds(text: string): number[] {
  const seeds = parseSeeds(text)
  if (!seeds.includes(searchSeed)) return seeds
  throw new UserError({
    code: 'searched-seed',
    path: '--seeds',
    expected: `seeds other than ${searchSeed}, on which learning rates are looked for`,
    got: text,
    hint: 'List them: --seeds 1,2, or 1, for one',
  })
}
