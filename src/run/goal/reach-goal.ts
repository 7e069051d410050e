import { join } from 'node:path'
import { loadLatestState } from '../../checkpoint/state.ts'
import type { AskedItem, WordingRole } from '../../goal/asked.ts'
import { type SampledRecall, sampledRecall } from '../../goal/recall.ts'
import { knownAnswers } from '../../goal/standing.ts'
import type { Recipe } from '../../recipe/recipe-schema.ts'
import { type Goal, secondsOf } from '../../recipe/section/goal-section.ts'
import { restoreWeights, startingProgress } from '../../train/trainer.ts'
import type { NewEvent } from '../events.ts'
import { finish } from '../finish.ts'
import { dropAfter, measure } from '../measure.ts'
import { type OpenedUnlearning, openUnlearning } from '../open-unlearning.ts'
import type { RunOptions } from '../run-options.ts'
import { logFinished, logPaused, type RunOutcome } from '../run-training.ts'
import { goalBudget } from './budget.ts'
import { drawnAt } from './drawn-recall.ts'
import { generalRows, noGeneralRows } from './general-rows.ts'
import { type GoalData, goalData } from './goal-data.ts'
import { goalStart } from './goal-start.ts'
import { trainTowards } from './goal-training.ts'
import { lookAt } from './look.ts'
import { readSearch, type Search, writeSearch } from './search-file.ts'
import type { GoalStart } from './start-file.ts'
import { verdictOf, withoutTime } from './verdict.ts'

/**
 * Reaches a goal, or gets as near as it can: sees what the model knows, tries learning rates, goes on with the best, looks
 * often, ends when the goal is reached, and measures what was exported on rows and wordings that took no part.
 *
 * Everything it decides by is in the run's folder `goal/`, so that it goes on after a stop as if there had been none; only how much
 * time is left depends on the machine.
 */
export async function reachGoal(
  recipe: Recipe,
  goal: Goal,
  options: RunOptions,
): Promise<RunOutcome> {
  const { folder, log, clock, stopRequested } = options
  const emit = (event: NewEvent) => void log.append(event)
  const began = clock()
  const elapsed = () => (clock() - began) / 1000
  const path = join(folder.goal, 'search.json')
  const stored = readSearch(path)
  const pause = (search = stored) =>
    logPaused(options, search ? lastStep(search) : 0, search && path)
  const run = await openUnlearning(recipe, options, emit, (opened, named, said) =>
    goalData(recipe, opened, named, { general: said, emit }),
  )
  if (!run) return pause()
  const { session, measurer, learner, data } = run
  if (stored) emit({ type: 'run.resumed', step: stored.best?.step ?? 0, statePath: path })
  else await run.announce()

  const measured = { folder, data: data.measured, measurer, recipe, clock, stopRequested, emit }
  const before = await measure('before', 0, measured)
  if (!before) return pause()
  const seconds = secondsOf(goal.within)
  if (!stored && 2 * elapsed() > seconds) {
    emit({ type: 'goal.ended', step: 0, ...withoutTime(goal, elapsed()) })
    await pause()
    return 'missed'
  }
  const questions = generalRows(recipe, session, data.items)
  const start = await goalStart(recipe, goal, { run, general: questions, options })
  if (!start) return pause()
  // What the start only guessed is not asked again.
  const general = start.kept.report.general === null ? noGeneralRows : questions
  const known = knownAnswers(data.asked, start.levels, start)
  const rowsKnown = new Set(data.asked.flatMap(({ row }, i) => (known[i] ? [row] : [])))
  const measuringSeconds = stored?.measuringSeconds ?? elapsed()
  const search: Search = stored ?? {
    secondsUsed: 0,
    measuringSeconds,
    trials: goal.rates.map((rate) => ({ rate, looks: [], ended: null })),
    order: [...goal.rates],
    stageSteps: 0,
    tokens: 0,
    best: null,
    ended: null,
  }
  const usedBefore = search.secondsUsed
  const { steps } = goal
  const budget = goalBudget({ seconds, usedBefore, measuringSeconds, steps, elapsed }, search)
  const save = () => writeSearch(path, { ...search, secondsUsed: budget.used() })
  if (!stored)
    emit({
      type: 'goal.started',
      step: 0,
      keep: goal.keep,
      seconds,
      rows: data.items.length,
      known: rowsKnown.size,
      unknown: [...data.items.keys()].filter((row) => !rowsKnown.has(row)),
      wordings: {
        trained: wordingsOf('trained', data.asked),
        chosen: wordingsOf('chosen', data.asked),
        reported: wordingsOf('reported', data.asked),
      },
    })
  if (rowsKnown.size === 0) search.ended ??= 'nothing-known'
  if (search.ended === null) {
    const { keep } = goal
    const training = { recipe, options, run, general, start, known, keep, budget, save }
    search.ended = await trainTowards(search, training)
    await save()
    if (search.ended === null) return pause(search)
  }

  const best = await loadLatestState(join(folder.goal, search.best ? 'best' : 'start'))
  if (best) await restoreWeights(session.store, best.state)
  learner.dispose()
  const unmeasured = startingProgress({ retainProbability: null, repetition: null })
  const { best: reached, tokens } = search
  const progress = { ...unmeasured, step: reached?.step ?? 0, tokens }
  await dropAfter(folder.samples)
  const trips = await finish(withoutEffectGuard(recipe), options, {
    session,
    data: data.measured,
    measured,
    before,
    startedEvent: run.startedEvent,
    progress,
  })
  const kept = { retain: data.report, general: general.report }
  const roles = ['trained', 'chosen', 'reported'] as const
  const after = trips && (await lookAt(data, roles, kept, { measurer, stopRequested }))
  if (!trips || !after) return pause(search)
  emit({ type: 'phase', step: progress.step, what: 'drawing' })
  const sampled = await sampledAfter(recipe, start, run, stopRequested)
  if (sampled === 'stopped') return pause(search)
  const verdict = verdictOf(goal, search, { data, start, known, after, sampled })
  emit({ type: 'goal.ended', step: progress.step, ...verdict })
  await save()
  logFinished(log, progress, budget.used())
  if (trips.length > 0) return 'guard'
  return verdict.outcome === 'missed' ? 'missed' : 'finished'
}

function wordingsOf(role: WordingRole, asked: readonly AskedItem[]): number {
  return new Set(asked.filter((each) => each.role === role).map(({ wording }) => wording)).size
}

/** The farthest step of any trial. */
function lastStep({ trials }: Search): number {
  return Math.max(0, ...trials.map(({ looks }) => looks.at(-1)?.step ?? 0))
}

/** What drawn answers say of the facts now, beside before; null where nothing was known. */
async function sampledAfter(
  recipe: Recipe,
  { sampled }: GoalStart,
  run: OpenedUnlearning & { readonly data: GoalData },
  stopRequested: () => boolean,
): Promise<SampledRecall | null | 'stopped'> {
  if (!sampled) return null
  const { places, ...before } = sampled
  const { asked } = run.data
  const after = await drawnAt(places, recipe, run, stopRequested)
  if (!after) return 'stopped'
  const rows = [...new Set(places.map((place) => asked[place].row))].map((row) => {
    const own = [...places.keys()].filter((i) => asked[places[i]].row === row)
    const mean = ({ said, chance }: { said: readonly number[]; chance: readonly number[] }) => ({
      said: own.reduce((sum, i) => sum + said[i], 0) / own.length,
      chance: own.reduce((sum, i) => sum + chance[i], 0) / own.length,
    })
    return { before: mean(before), after: mean(after) }
  })
  return sampledRecall(rows)
}

/** Whether anything was forgotten is what the goal says. */
function withoutEffectGuard(recipe: Recipe): Recipe {
  const { train } = recipe
  return { ...recipe, train: { ...train, guards: { ...train.guards, noEffect: null } } }
}
