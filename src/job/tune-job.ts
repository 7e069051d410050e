import { join, resolve } from 'node:path'
import type { ShownRun, TunedMethod, TunedMethods } from '../compare/tuned-methods.ts'
import { writeFileAtomic } from '../files/atomic.ts'
import { keptShare } from '../goal/standing.ts'
import { tunedPage } from '../report/tuned-page.ts'
import { readEvents } from '../run/event-log.ts'
import { runFolderAt } from '../run/run-folder.ts'
import type { JobContext } from './context.ts'
import { type SweepCell, sweepCells, withSettings } from './sweep-cells.ts'
import { type CellResult, performSweep, resolveCells } from './sweep-job.ts'

/** Methods that are to be compared, each at its best. */
export interface Tune {
  readonly file: string
  /** modules that are loaded beside those that the recipe names */
  readonly plugins: readonly string[]
  /** settings of all runs, as of `--set` */
  readonly sets: readonly string[]
  /** as values of `method` */
  readonly methods: readonly string[]
  /** what a run may take: its part of the seconds for all of it, or so many steps, however long they take */
  readonly budget: { readonly seconds: number } | { readonly stepsPerRun: number }
  /** seeds on which methods are shown */
  readonly seeds: readonly number[]
  readonly output: string
}

/** The seed of all searches; methods are shown on others. */
export const searchSeed = 0

/** Longer than steps take. */
const withoutEnd = '1000h'

/** @returns null where it was stopped, and goes on when it is called again */
export type TuneOutcome = TunedMethods | null

/**
 * Compares methods at their best: for each the same time or steps to find a learning rate on one seed, then as much on other seeds
 * at the rate that was found. With steps the machine and what else it does have no part in what comes out.
 *
 * A run of each is one towards the recipe's goal, in a folder of its own; those that ended are skipped when it is called again. Writes `tune.json`,
 * `tune.md` and `tune.svg` into the output folder.
 *
 * @throws UserError with the problems of all recipes, or where a folder holds a run of other settings
 */
export async function performTune(tune: Tune, context: JobContext): Promise<TuneOutcome> {
  const { file, plugins, methods, seeds, output, sets } = tune
  const runs = methods.length * (1 + seeds.length)
  const budget =
    'seconds' in tune.budget
      ? { secondsPerRun: Math.floor(tune.budget.seconds / runs) }
      : tune.budget
  const shared = [
    ...sets,
    ...('secondsPerRun' in budget
      ? [`goal.within=${budget.secondsPerRun}s`]
      : [`goal.within=${withoutEnd}`, `goal.steps=${budget.stepsPerRun}`]),
  ]
  const perform = async (folder: string, cells: readonly SweepCell[]) => {
    const sweep = { file, plugins, output: folder, cells }
    return performSweep(sweep, await resolveCells(sweep, context), context)
  }
  const cellsOf = (method: string, cellSeeds: readonly number[], folder: string, own: string[]) =>
    sweepCells([{ path: 'method', values: [method] }], cellSeeds, folder).map((cell) =>
      withSettings(cell, [...shared, ...own]),
    )
  const searched = join(output, 'search')
  const searches = methods.map((method) => cellsOf(method, [searchSeed], searched, [])[0])
  if ((await perform(searched, searches)).some(isOpen)) return null

  const at = (folder: string, { name }: SweepCell) => join(resolve(context.cwd, folder), name)
  const rates = searches.map((cell) => foundRate(at(searched, cell)))
  const shown = join(output, 'shown')
  const shows = methods.map((method, i) =>
    rates[i] === null ? [] : cellsOf(method, seeds, shown, [`goal.rates=[${rates[i]}]`]),
  )
  if ((await perform(shown, shows.flat())).some(isOpen)) return null

  const tuned: TunedMethods = {
    recipe: file,
    budget,
    searchSeed,
    methods: methods.map(
      (method, i): TunedMethod => ({
        method,
        learningRate: rates[i],
        shown: shows[i].map((cell, k) => shownRun(at(shown, cell), seeds[k])),
      }),
    ),
  }
  const { markdown, figure } = tunedPage(tuned)
  const root = resolve(context.cwd, output)
  await writeFileAtomic(join(root, 'tune.json'), `${JSON.stringify(tuned, null, 2)}\n`)
  await writeFileAtomic(join(root, 'tune.svg'), figure)
  await writeFileAtomic(join(root, 'tune.md'), markdown)
  return tuned
}

function isOpen({ state }: CellResult): boolean {
  return state === 'waiting' || state === 'interrupted'
}

/** The learning rate that a search ended with. */
function foundRate(path: string): number | null {
  const ended = readEvents(runFolderAt(path).events).findLast(({ type }) => type === 'goal.ended')
  return ended?.type === 'goal.ended' ? ended.learningRate : null
}

function shownRun(path: string, seed: number): ShownRun {
  const events = readEvents(runFolderAt(path).events)
  const ended = events.findLast(({ type }) => type === 'goal.ended')
  const finished = events.findLast(({ type }) => type === 'run.finished')
  return {
    seed,
    path: events.flatMap((event) =>
      event.type === 'goal.look' ? [{ left: event.left, kept: keptShare(event) }] : [],
    ),
    end:
      ended?.type === 'goal.ended'
        ? {
            reached: ended.outcome === 'reached',
            left: ended.left,
            retain: ended.retain,
            general: ended.general,
          }
        : null,
    seconds: finished?.type === 'run.finished' ? finished.seconds : null,
    peakBytes: finished?.type === 'run.finished' ? finished.peakBytes : null,
  }
}
