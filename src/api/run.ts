import { resolve } from 'node:path'
import { beginRun } from '../job/begin-run.ts'
import type { JobOutcome } from '../job/outcome.ts'
import { performRun } from '../job/run-job.ts'
import { beginStages, performStages } from '../job/stages-job.ts'
import type { Setting } from '../recipe/override.ts'
import { readRecipe, readRecipeText } from '../recipe/read.ts'
import { isStaged, readStages } from '../recipe/read-stages.ts'
import type { Registry } from '../recipe/registry.ts'
import type { RunEvent } from '../run/events.ts'

export interface RunSettings {
  /** The run folder, instead of the recipe's `output`. */
  readonly folder?: string
  /** Values that go before the recipe's: `'train.seed=3'`, or `{ path: 'train.seed', value: 3 }`. */
  readonly set?: readonly Setting[]
  /** What a recipe can name; what ships unless given. */
  readonly registry?: Registry
  /** Deletes the run that is in the folder. */
  readonly replace?: boolean
  /** Told of everything that goes into the run's log, as it happens. */
  readonly onEvent?: (event: RunEvent) => void
  /** Saves the state and stops after the step in progress; the command line's `lethe resume` goes on. */
  readonly signal?: AbortSignal
}

export interface FinishedRun {
  readonly outcome: JobOutcome
  /** The run folder: its `model/`, `report.html`, `metrics.json`, … */
  readonly folder: string
}

/**
 * Performs an unlearning recipe, as `lethe run` does: measures, trains, exports, measures again, reports.
 *
 * ```ts
 * await run('takedown.yaml')
 * await run({ model: './my-model', forget: { path: 'forget.jsonl' }, … }, { onEvent: console.log })
 * ```
 *
 * @param recipe the path of a recipe, of stages too, or its content
 * @throws UserError with every problem of the recipe, and where its data, its output or the machine will not do
 */
export async function run(
  recipe: string | Readonly<Record<string, unknown>>,
  settings: RunSettings = {},
): Promise<FinishedRun> {
  const { folder, set = [], registry, replace = false, onEvent, signal } = settings
  const cwd = process.cwd()
  const { env } = process
  const sets = folder === undefined ? set : [...set, { path: 'output', value: folder }]
  const options = { sets, cwd, env, ...(registry && { registry }) }
  const context = {
    cwd,
    env,
    ...(registry && { registry }),
    tell(notice: { readonly kind: string; readonly event?: RunEvent }) {
      if (notice.event) onEvent?.(notice.event)
    },
    stopRequested: () => signal?.aborted ?? false,
  }
  if (typeof recipe === 'string' && (await isStaged(recipe, cwd))) {
    const staged = await readStages(recipe, options)
    await beginStages(staged, { cwd, replace })
    const outcome = await performStages(staged, context)
    return { outcome, folder: resolve(cwd, staged.output) }
  }
  const loaded =
    typeof recipe === 'string'
      ? await readRecipe(recipe, options)
      : await readRecipeText(JSON.stringify(recipe), 'recipe.json', options)
  const begun = await beginRun(loaded, { cwd, header: 'made by a program', replace })
  return { outcome: await performRun(begun, context), folder: begun.path }
}
