import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parse } from 'yaml'
import { ofEach, type Problem, UserError } from '../error.ts'
import { withFileErrors } from '../files/file-error.ts'
import { type CellState, type CellTask, cellState, cellTask, writeSweep } from '../job/sweep.ts'
import {
  parseAxis,
  parseSeeds,
  type SweepCell,
  sweepCells,
  withSettings,
} from '../job/sweep-plan.ts'
import { readRecipe } from '../recipe/read.ts'
import { collect } from './arguments.ts'
import { runLethe } from './child.ts'
import type { CommandModule } from './command.ts'
import { exitCode } from './exit-code.ts'
import { listenForInterrupts } from './interrupts.ts'
import { printJson } from './print-error.ts'
import type { Terminal } from './terminal.ts'

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
  output: string
  dryRun?: true
  json?: true
}

export const command: CommandModule = {
  define(command, terminal, exit) {
    command
      .argument('<recipe>', 'An unlearning recipe (.yaml, .yml or .json).')
      .option('--grid <path=a,b>', 'Values that a key takes; may be repeated.', collect, [])
      .option('--seeds <list>', 'How many seeds, from 0, or which: 4,7.', '1')
      .option('--set <path=value>', 'Set a value in all runs; may be repeated.', collect, [])
      .option('--output <folder>', 'Folder of the run folders.', 'runs/sweep')
      .option('--dry-run', 'Check every run and list them; start none.')
      .addHelpText('after', help)
      .action(async (file: string, flags: Flags) => {
        const { output, json } = flags
        const cells = sweepCells(flags.grid.map(parseAxis), parseSeeds(flags.seeds), output).map(
          (cell) => withSettings(cell, flags.set),
        )
        const recipes = await resolvedCells(file, cells, terminal)
        if (flags.dryRun) {
          if (json) return printJson({ ok: true, cells }, terminal)
          for (const { name, sets } of cells)
            terminal.out.write(`${name}: ${sets.map((set) => `--set ${set}`).join(' ')}\n`)
          return undefined
        }
        withFileErrors(output, () => mkdirSync(resolve(terminal.cwd, output), { recursive: true }))
        requireSameRecipes(output, recipes, terminal)
        const states = await runCells(file, output, cells, terminal)
        if (json) printJson({ ok: true, cells: states }, terminal)
        else
          terminal.out.write(
            `${states.map(({ name, state }) => `${name}: ${state}\n`).join('')}next: lethe compare ${join(output, '*_seed*')}\n`,
          )
        if (states.some(({ state }) => state === 'interrupted' || state === 'waiting'))
          exit(exitCode.interrupted)
        else if (states.some(({ state }) => state === 'failed')) exit(exitCode.failed)
        return undefined
      })
  },
}

/**
 * The complete recipe of each cell, by its name.
 *
 * @throws UserError with the problems of all cells, each said once
 */
async function resolvedCells(
  file: string,
  cells: readonly SweepCell[],
  { cwd, env }: Terminal,
): Promise<Map<string, object>> {
  const recipes = await ofEach(cells, async ({ name, sets }): Promise<[string, object]> => {
    const { recipe } = await readRecipe(file, { sets, cwd, env })
    return [name, recipe]
  })
  return new Map(recipes)
}

/** Results of another recipe must not pass for those of this one. */
function requireSameRecipes(
  output: string,
  recipes: ReadonlyMap<string, object>,
  { cwd }: Terminal,
): void {
  const problems = [...recipes].flatMap(([name, recipe]): Problem[] => {
    const path = resolve(cwd, output, name, 'recipe.yaml')
    if (!existsSync(path)) return []
    const there = JSON.stringify(parse(readFileSync(path, 'utf8')))
    if (there === JSON.stringify(recipe)) return []
    return [
      {
        code: 'other-recipe',
        path: join(output, name),
        expected: 'a run of this recipe, or none',
        got: 'a run of other settings',
        hint: 'Choose another --output, or delete the folder',
      },
    ]
  })
  if (problems.length > 0) throw new UserError(problems)
}

async function runCells(
  file: string,
  output: string,
  cells: readonly SweepCell[],
  terminal: Terminal,
) {
  const folder = (name: string) => resolve(terminal.cwd, output, name)
  const states = (): (SweepCell & { state: CellState })[] =>
    cells.map((cell) => ({ ...cell, state: cellState(folder(cell.name)) }))
  const write = () => writeSweep(resolve(terminal.cwd, output), { recipe: file, cells: states() })
  const interrupts = listenForInterrupts(terminal, 'no other run will be begun.')
  for (const [i, { name, sets }] of cells.entries()) {
    if (interrupts.requested()) break
    const task = await cellTask(folder(name), terminal.cwd)
    terminal.err.write(`[${i + 1}/${cells.length}] ${name}: ${said[task]}\n`)
    if (task === 'skip') continue
    await write()
    await runLethe(argumentsOf(task, file, folder(name), sets), terminal.cwd)
  }
  interrupts.stop()
  await write()
  return states()
}

const said: Record<CellTask, string> = {
  skip: 'ended before',
  resume: 'going on',
  run: 'running',
  replace: 'beginning again: nothing was saved',
}

function argumentsOf(
  task: CellTask,
  file: string,
  folder: string,
  sets: readonly string[],
): string[] {
  if (task === 'resume') return ['resume', folder]
  const flags = sets.flatMap((set) => ['--set', set])
  return ['run', file, ...flags, ...(task === 'replace' ? ['--replace'] : [])]
}
