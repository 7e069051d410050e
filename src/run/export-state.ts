import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { nodeFolder } from '../checkpoint/node-folder.ts'
import { latestState, loadState } from '../checkpoint/state.ts'
import { writeModelFolder } from '../checkpoint/write-folder.ts'
import { UserError } from '../error.ts'
import { hubNameOf } from '../hub/hub-cache.ts'
import { cachedPositions, createMeasurer } from '../measure/score/measurer.ts'
import { resolveMethod } from '../method/resolve.ts'
import { registryOf } from '../recipe/plugins.ts'
import type { Recipe } from '../recipe/recipe-schema.ts'
import { openModel, openSession } from '../train/session.ts'
import { restoreWeights } from '../train/trainer.ts'
import { retainFile } from './automatic-retain.ts'
import { describeRun } from './describe-run.ts'
import { readEvents } from './event-log.ts'
import { exportedFolder, reload } from './export.ts'
import { type ExportedState, exportedAt } from './exported-states.ts'
import { measure } from './measure.ts'
import { buildMetrics, writeMetrics } from './metrics-file.ts'
import { modelCard } from './model-card.ts'
import { loadData } from './run-data.ts'
import type { RunFolder } from './run-folder.ts'
import type { RunOptions } from './run-options.ts'
import { readSamples } from './samples.ts'
import { startAdapter } from './start-adapters.ts'

/**
 * The state that a word names.
 *
 * @param word `last-good`: from before the trouble that a guard stopped the run for, the latest where none did; `latest`;
 *   or a state's name, `step-000120`
 * @returns its path
 * @throws UserError where there is none
 */
export async function stateNamed(folder: RunFolder, word: string): Promise<string> {
  const stop = readEvents(folder.events).findLast(
    (event) => event.type === 'guard.tripped' || event.type === 'run.resumed',
  )
  const good = stop?.type === 'guard.tripped' ? stop.lastGoodState : null
  const named = word === 'last-good' && good !== null ? join(folder.state, basename(good)) : null
  const path =
    named ??
    (word === 'latest' || word === 'last-good'
      ? await latestState(folder.state)
      : join(folder.state, word))
  if (path && existsSync(path)) return path
  throw new UserError({
    code: 'no-state',
    path: folder.path,
    expected: `a saved state: ${word}`,
    got: good && named ? `no state from before the trouble: ${good} is what it began with` : 'none',
    hint: 'states are folders in state/; train.saveEvery says how often one is saved',
  })
}

/**
 * Writes the weights of a saved state as a Hugging Face folder, and measures them.
 *
 * @returns null where it was stopped while measuring: the model is there, and the next call goes on
 * @throws UserError for a state that is damaged or of other settings
 */
export async function exportState(
  recipe: Recipe,
  path: string,
  options: Omit<RunOptions, 'log'>,
): Promise<ExportedState | null> {
  const { folder, engine, stopRequested, clock } = options
  const emit = () => {}
  const state = await loadState(path)
  const registry = await registryOf(recipe, options.registry)
  const opened = await openModel(recipe.model, options.startedAt)
  const data = await loadData(recipe, opened, emit, registry, retainFile(folder))
  const session = await openSession(engine, opened, recipe.train.parameters, recipe.train.seed)
  const { model, store, tokenizer, checkpoint } = session
  await startAdapter(session, data, recipe.train.seed, state.tensors)
  await restoreWeights(store, state)
  const to = exportedAt(folder, basename(path))
  const { method } = resolveMethod(recipe.method, registry)
  const card = modelCard({
    name: `${folder.name}, ${to.name}`,
    started: describeRun(recipe, session, data, method),
    baseModel: hubNameOf(recipe.model),
    finishedAt: new Date().toISOString(),
    recipe: options.recipeText,
    metrics: null,
    evaluations: [],
    ggufs: [],
    check: null,
    guards: [],
  })
  await mkdir(folder.exported, { recursive: true })
  const exported = exportedFolder({ checkpoint, model, store, tokenizer, modelCard: card })
  await writeModelFolder(to.model, exported, { replace: true })
  await reload(await nodeFolder(to.model), model, store)
  const measurer = await createMeasurer(session, { cachePositions: cachedPositions })
  const measured = { data, measurer, recipe, clock, stopRequested, emit }
  const before = readSamples(folder.samples).filter(({ phase }) => phase === 'before')
  const after = await measure('after', state.step, {
    ...measured,
    folder: { ...folder, samples: to.samples },
  })
  measurer.dispose()
  if (!after) return null
  await writeMetrics(to.metrics, buildMetrics(before, after, recipe.train.seed))
  return to
}
