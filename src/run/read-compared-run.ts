import { existsSync } from 'node:fs'
import { type ComparedRun, flatten } from '../compare/compared-run.ts'
import { UserError } from '../error.ts'
import { readBoundedText } from '../files/bounded-file.ts'
import { readEvaluation } from '../measure/evaluation/evaluation-file.ts'
import { loadRecipe } from '../recipe/load.ts'
import { parseYaml } from '../recipe/yaml.ts'
import { readEvaluations } from './evaluations.ts'
import { readEvents } from './event-log.ts'
import type { RunEvent } from './events.ts'
import { openRunFolder } from './run-folder.ts'
import { readSamples } from './samples.ts'

/** The median of their times is that of all. */
const enoughSteps = 2000

/**
 * Reads of a run folder what a comparison needs.
 *
 * @throws UserError where there is no unlearning run
 */
export function readComparedRun(path: string): ComparedRun {
  const folder = openRunFolder(path)
  const settings = existsSync(folder.recipe) ? settingsOf(readBoundedText(folder.recipe)) : {}
  if (settings['method.id'] === undefined)
    throw new UserError({
      code: 'no-method',
      path,
      expected: 'the folder of an unlearning run',
      got: 'one whose recipe.yaml names no method',
    })
  const samples = existsSync(folder.samples) ? readSamples(folder.samples) : []
  const events = readEvents(folder.events, enoughSteps)
  const steps = events.filter((event) => event.type === 'step')
  const milliseconds = steps.map((event) => event.stepMilliseconds).sort((a, b) => a - b)
  const finished = events.findLast((event) => event.type === 'run.finished')
  return {
    name: folder.name,
    settings,
    seed: Number(settings['train.seed'] ?? 0),
    before: samples.filter(({ phase }) => phase === 'before'),
    after: finished ? samples.filter(({ phase }) => phase === 'after') : [],
    evaluations: finished
      ? readEvaluations(folder).map((each) => ({
          ...each,
          records: () => readEvaluation(each.path).records,
        }))
      : [],
    trouble: troubleOf(events),
    stepMilliseconds: milliseconds[milliseconds.length >> 1] ?? null,
    peakBytes: finished?.peakBytes ?? null,
  }
}

/**
 * Settings of a resolved recipe by path, with the defaults of keys that are younger than its run, so that these do not count as
 * differences.
 */
export function settingsOf(text: string): Record<string, unknown> {
  try {
    return flatten(loadRecipe(text, 'recipe.yaml').recipe)
  } catch (error) {
    if (error instanceof UserError) return flatten(parseYaml(text, 'recipe.yaml'))
    throw error
  }
}

/** A run that finished may have met a guard that let it go on: that nothing was forgotten is no trouble of the run. */
function troubleOf(events: readonly RunEvent[]): string | null {
  const last = events.findLast(({ type }) => type.startsWith('run.'))
  const guard = events.findLast(
    (event) => event.type === 'guard.tripped' && event.action === 'stopped',
  )
  if (last?.type === 'run.finished') return null
  if (guard?.type === 'guard.tripped')
    return `guard ${guard.guard} at step ${guard.step}: ${guard.reason}`
  if (last?.type === 'run.failed') return `failed: ${last.message}`
  return 'unfinished'
}
