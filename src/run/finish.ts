import { join, resolve } from 'node:path'
import { NonFiniteWeights } from '../checkpoint/finite-weights.ts'
import { nodeFolder } from '../checkpoint/node-folder.ts'
import { latestFiniteState, latestState } from '../checkpoint/state.ts'
import { writeModelFolder } from '../checkpoint/write-folder.ts'
import { writeFileAtomic } from '../files/atomic.ts'
import { hubNameOf } from '../hub/hub-cache.ts'
import type { Recipe } from '../recipe/recipe-schema.ts'
import { type Session, storedModelBytes } from '../train/session.ts'
import { checkEffect, checkUtility, isWarning, type Trip } from '../train/stop-conditions.ts'
import type { Progress } from '../train/trainer.ts'
import type { NewEvent } from './events.ts'
import { createLogitProbe, exportedFolder, reload } from './export.ts'
import { type MeasuredRun, measure } from './measure.ts'
import { buildMetrics, writeMetrics } from './metrics-file.ts'
import { type ModelCardInput, modelCard } from './model-card.ts'
import type { RunData } from './run-data.ts'
import type { RunOptions } from './run-options.ts'
import type { Sample } from './samples.ts'

export interface FinishContext {
  readonly session: Session
  readonly data: RunData
  readonly measured: MeasuredRun
  readonly before: readonly Sample[]
  readonly startedEvent: ModelCardInput['started']
  readonly progress: Progress
}

/**
 * Exports, reads the export back, measures it, and writes metrics and card.
 *
 * @returns what guards found, warnings too; `stopped` where the weights are not finite, and no model is written; null where it
 *   was stopped, before the export or after it
 */
export async function finish(
  recipe: Recipe,
  options: Pick<RunOptions, 'folder' | 'recipeText' | 'log'>,
  context: FinishContext,
): Promise<Trip[] | 'stopped' | null> {
  const { folder, log } = options
  const { session, data, measured, before, startedEvent, progress } = context
  const { engine, model, store, tokenizer, checkpoint, inputs } = session
  const emit = (event: NewEvent) => void log.append(event)
  const { step } = progress
  if (measured.stopRequested()) return null
  emit({ type: 'phase', step, what: 'exporting' })
  const probe = await createLogitProbe({
    engine,
    model,
    store,
    inputs,
    examples: data.retain ?? data.forget,
    padToken: tokenizer.padToken,
  })
  const card = {
    name: folder.name,
    started: startedEvent,
    baseModel: hubNameOf(recipe.model),
    finishedAt: new Date().toISOString(),
    recipe: options.recipeText,
    evaluations: [],
    ggufs: [],
  }
  const trained = await probe.logits()
  const unmeasured = modelCard({ ...card, metrics: null, check: null, guards: [] })
  const exported = exportedFolder({ checkpoint, model, store, tokenizer, modelCard: unmeasured })
  try {
    await writeModelFolder(folder.model, exported, { replace: true })
  } catch (error) {
    if (!(error instanceof NonFiniteWeights)) throw error
    probe.dispose()
    emit({
      type: 'guard.tripped',
      step,
      guard: 'non-finite',
      reason: `the trained weights are not finite: ${error.message}`,
      causes: ['the learning rate is too high'],
      action: 'stopped',
      lastGoodState: (await latestFiniteState(folder.state)) ?? resolve(recipe.model),
    })
    return 'stopped'
  }
  emit({ type: 'phase', step, what: 'checking' })
  await reload(await nodeFolder(folder.model), model, store)
  const check = probe.compare(trained, await probe.logits())
  probe.dispose()
  const bytes = storedModelBytes(checkpoint)
  emit({ type: 'checkpoint.saved', step, kind: 'model', path: folder.model, bytes, check })

  const after = await measure('after', step, measured)
  if (!after) return null
  emit({ type: 'phase', step, what: 'reporting' })
  const metrics = buildMetrics(before, after, recipe.train.seed)
  await writeMetrics(folder.metrics, metrics)
  for (const phase of ['before', 'after'] as const)
    for (const [metric, value] of Object.entries(metrics[phase])) {
      const [low, high] = metrics.intervals[phase][metric] ?? [null, null]
      emit({
        type: 'eval.metric',
        step,
        phase,
        metric,
        value,
        low,
        high,
        examples: metrics.counts[metric],
      })
    }
  const value = (phase: 'before' | 'after', key: string) => metrics[phase][key] ?? null
  const utility = (phase: 'before' | 'after') => ({
    retainProbability: value(phase, 'retain.probability'),
    repetition: null,
  })
  const settings = recipe.train.guards
  const key = 'forget.probability'
  const trips = [
    checkEffect(settings, value('before', key), value('after', key)),
    // An evaluation in the middle of the run may have been switched off, or have come before the last step.
    checkUtility(settings, utility('before'), utility('after')),
  ].filter((trip) => trip !== null)
  for (const trip of trips) {
    // Who looked at the last step found it good; of when anybody looked before that nothing is kept.
    const looked = progress.goodAt < step ? progress.goodAt + 1 : 0
    const below = isWarning(trip) ? undefined : looked
    emit({
      type: 'guard.tripped',
      step,
      ...trip,
      causes: [...trip.causes],
      action: 'continued',
      lastGoodState: (await latestState(folder.state, below)) ?? resolve(recipe.model),
    })
  }
  const guards = trips.map(({ reason }) => reason)
  await writeFileAtomic(
    join(folder.model, 'README.md'),
    modelCard({ ...card, metrics, check, guards }),
  )
  return trips
}
