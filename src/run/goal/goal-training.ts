import { join } from 'node:path'
import { activeSteps, type RoundPart } from '../../goal/active-source.ts'
import type { WordingRole } from '../../goal/asked.ts'
import { depthOf, isSettled, knowledgeLeft } from '../../goal/ignorance.ts'
import {
  forgottenShare,
  isReached,
  keptShare,
  type Look,
  meritOf,
  type Standing,
  standingOf,
} from '../../goal/standing.ts'
import { firstCourse, steer } from '../../goal/steer.ts'
import type { Recipe } from '../../recipe/recipe-schema.ts'
import type { NewEvent } from '../events.ts'
import type { OpenedUnlearning } from '../open-unlearning.ts'
import { referenceScores } from '../references.ts'
import type { RunOptions } from '../run-options.ts'
import { stopConditionsOf } from '../unlearn-steps.ts'
import type { Budget } from './budget.ts'
import type { GeneralRows } from './general-rows.ts'
import type { GoalData } from './goal-data.ts'
import { levelReferences } from './level-references.ts'
import { lookAt } from './look.ts'
import { searchAndTrain } from './search.ts'
import type { Search, SearchEnd, Trial } from './search-file.ts'
import type { GoalStart } from './start-file.ts'
import { openTrials } from './trials.ts'

/** Looks in a row at which the goal is only just reached, before that is good enough. */
const patience = 4

/** What training towards a goal goes by. */
export interface GoalTraining {
  readonly recipe: Recipe
  readonly options: RunOptions
  readonly run: OpenedUnlearning & { readonly data: GoalData }
  readonly general: GeneralRows
  readonly start: GoalStart
  /** `[asked]` */
  readonly known: readonly boolean[]
  readonly keep: number
  readonly budget: Budget
  readonly save: () => Promise<void>
}

/**
 * Trains towards a goal, with looks between rounds of steps by which the next round is steered.
 *
 * @param search what was tried so far; is written as it goes
 * @returns why it ended; null where it was stopped
 */
export async function trainTowards(
  search: Search,
  { recipe, options, run, general, start, known, keep, budget, save }: GoalTraining,
): Promise<SearchEnd | null> {
  const { folder, log, clock, stopRequested } = options
  const { method, session, measurer, learner, data } = run
  const emit = (event: NewEvent) => void log.append(event)
  const references = await referenceScores(method, session, data.training)
  const roundSteps = stepsOfRound(data.trained.length, recipe)
  const source = activeSteps({
    forget: data.training.forget,
    retain: method.retainLoss ? data.training.retain : null,
    preferred: data.training.preferred,
    batchSize: recipe.train.batchSize,
    accumulate: recipe.train.accumulate,
    seed: recipe.train.seed,
    padToken: session.tokenizer.padToken,
    references: levelReferences(references.scores, data, start.levels),
    separate: learner.separate,
    roundSteps,
    selection: {
      tokens: { forget: data.trained.map((place) => Float32Array.from(data.facts[place].fact)) },
      examples: {},
    },
  })
  const goesByLevel = method.forgetLoss.reference === 'ignorance'
  const levelAt = (place: number) => start.levels[data.asked[place].row]
  /** Nats by which each row is likelier than its level, at most, in a wording that does not train. */
  const lacksOf = (surprises: Look['surprises']) => {
    const lacks = new Float64Array(data.items.length)
    for (const [place, { row, role }] of data.asked.entries())
      if (role === 'chosen' && known[place])
        lacks[row] = Math.max(lacks[row], knowledgeLeft(surprises[place] ?? 0, levelAt(place)))
    return lacks
  }
  const nextPart = (surprises: Look['surprises'], before: RoundPart): RoundPart => {
    const lacks = lacksOf(surprises)
    const depth = before.depth.map((each, i) => {
      const place = data.trained[i]
      return depthOf(each, lacks[data.asked[place].row], levelAt(place))
    })
    const active = Float32Array.from(data.trained, (place, i) => {
      if (!known[place]) return 0
      const surprise = (surprises[place] ?? Number.NEGATIVE_INFINITY) - depth[i]
      // A loss that goes by the level brings back what went past it; any other must let it go.
      const isOpen = goesByLevel
        ? !isSettled(surprise, levelAt(place))
        : surprise < levelAt(place).mean
      return isOpen ? 1 : 0
    })
    return { active, depth }
  }
  source.part = {
    active: Float32Array.from(data.trained, (place) => (known[place] ? 1 : 0)),
    depth: new Float32Array(data.trained.length),
  }
  const roles = ['trained', 'chosen'] as const
  const hasOthers = data.asked.some(({ role }) => role === 'chosen')
  // What did not train decides; a text is asked in one way only.
  const judged: readonly WordingRole[] = hasOthers ? ['chosen'] : roles
  const kept = { retain: data.choose, general: general.choose }
  const startLook: Look = { surprises: start.surprises, ...start.kept.choose }
  const made = { steps: 0, seconds: 0, since: clock() }
  const secondsPerStep = () => (made.steps === 0 ? null : made.seconds / made.steps)
  const leftSeconds = () => {
    const pace = secondsPerStep()
    const forSteps = pace === null ? Number.POSITIVE_INFINITY : budget.stepsLeft() * pace
    return Math.max(0, Math.min(budget.left(), forSteps))
  }
  let ended: SearchEnd | null = null
  let chosen: number | null = null
  const look = async (trial: Trial, step: number, keepState: () => Promise<void>) => {
    const found = await lookAt(data, roles, kept, { measurer, stopRequested })
    if (!found) return null
    const against = { start: startLook, now: found, roles: judged }
    const standing = standingOf(data.asked, start.levels, known, against)
    const last = trial.looks.at(-1)
    const before = last?.standing ?? null
    const from = last?.course ?? firstCourse(method.combinerKnobs)
    const course = steer(from, { before, now: standing, keep })
    trial.looks.push({ step, standing, course })
    const secondsLeft = leftSeconds()
    emit({ type: 'goal.look', step, learningRate: trial.rate, secondsLeft, ...standing })
    if (meritOf(standing, keep) > (search.best ? meritOf(search.best.standing, keep) : 0)) {
      await keepState()
      search.best = { rate: trial.rate, step, standing }
    }
    made.steps += roundSteps
    made.seconds += (clock() - made.since) / 1000
    made.since = clock()
    if (isDone(trial, keep)) ended = 'reached'
    else ended = budget.isUp()
    return { look: found, part: nextPart(found.surprises, source.part), course }
  }
  const advance = await openTrials({
    learner,
    source,
    folder: folder.goal,
    warmupSteps: recipe.train.warmupSteps,
    isSteered: method.combiner.steered === true,
    stopConditions: stopConditionsOf(recipe, method),
    stored: references.stored,
    start: startLook,
    clock,
    stopRequested: () => stopRequested() || ended !== null || budget.isUp() !== null,
    onStep: async ({ finite: _, ...report }) => {
      search.tokens += report.tokens
      // The steps of trials that are dropped are no part of the run's path; looks tell of them.
      if (chosen === null) return
      const etaSeconds = leftSeconds()
      const more = made.steps === 0 ? 0 : Math.round((etaSeconds * made.steps) / made.seconds)
      log.append({ type: 'step', ...report, totalSteps: report.step + more, etaSeconds })
    },
    look,
    best: join(folder.goal, 'best'),
  })
  const end = await searchAndTrain(search, {
    advance,
    roundSteps,
    keep,
    isSteered: method.combiner.steered === true,
    budget,
    secondsPerStep,
    ended: () => ended ?? budget.isUp(),
    stopRequested,
    chosen: ({ rate }) => {
      chosen = rate
      const tried = search.trials.flatMap(({ rate, looks }) => (looks.length > 0 ? [rate] : []))
      emit({ type: 'goal.chosen', step: 0, learningRate: rate, tried })
    },
    save,
  })
  references.dispose()
  return end
}

/** Optimiser steps between two looks: half a pass over what trains, within bounds. */
function stepsOfRound(examples: number, { train: { batchSize, accumulate } }: Recipe): number {
  return Math.max(6, Math.min(24, Math.ceil(examples / (batchSize * accumulate) / 2)))
}

/** Reached with room to spare twice in a row, for what did not take part is a little behind, or reached as often in a row as patience wants. */
function isDone({ looks }: Trial, keep: number): boolean {
  const lasted = (times: number, is: (standing: Standing) => boolean) =>
    looks.length >= times && looks.slice(-times).every(({ standing }) => is(standing))
  const isClear = (standing: Standing) =>
    keptShare(standing) >= (1 + keep) / 2 && (standing.forgotten ?? 1) >= (1 + forgottenShare) / 2
  return lasted(2, isClear) || lasted(patience, (standing) => isReached(standing, keep))
}
