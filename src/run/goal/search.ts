import { betterFirst, forecast } from '../../goal/forecast.ts'
import { meritOf } from '../../goal/standing.ts'
import type { Budget } from './budget.ts'
import type { Search, SearchEnd, Trial } from './search-file.ts'
import type { Advance } from './trials.ts'

/** Looks of the first stage; each stage after it has twice as many. */
const firstLooks = 2
/** Part of the time, or of the steps, that may go into choosing. */
const searchShare = 0.4
/** Looks without progress after which a path leads nowhere. */
const stuckLooks = 12
const leastProgress = 0.005

export interface SearchContext {
  readonly advance: Advance
  readonly roundSteps: number
  readonly keep: number
  /** whether looks steer what a step loses */
  readonly isSteered: boolean
  readonly budget: Budget
  /** seconds of a step, looks included, as measured; null before the first */
  readonly secondsPerStep: () => number | null
  /** why it is over, where a look found so */
  readonly ended: () => SearchEnd | null
  readonly stopRequested: () => boolean
  /** tells which trial goes on alone */
  readonly chosen: (trial: Trial) => void
  readonly save: () => Promise<void>
}

/**
 * Searches and trains: all rates a little way from the same start, the better half of them twice as far, and so on; the last one
 * goes on to the goal. When a path leads nowhere, the next best goes on.
 *
 * @param search is written as it goes
 * @returns why it ended; null where it was stopped
 */
export async function searchAndTrain(
  search: Search,
  context: SearchContext,
): Promise<SearchEnd | null> {
  const { roundSteps, keep, ended, stopRequested, chosen, save } = context
  const isOver = () => ended() !== null || stopRequested()
  const mayChoose = () => context.budget.leftShare() > 1 - searchShare
  const advance = async (trial: Trial, toStep: number) => {
    trial.ended = (await context.advance(trial, toStep)) ?? trial.ended
    await save()
  }
  if (search.stageSteps === 0) search.stageSteps = firstLooks * roundSteps
  while (search.order.length > 1 && !isOver()) {
    for (const [place, rate] of search.order.entries())
      if (!isOver() && (place === 0 || mayChoose()))
        await advance(trialOf(search, rate), search.stageSteps)
    if (isOver()) break
    const ranked = ranking(search, context)
    search.order = mayChoose() ? ranked.slice(0, Math.ceil(search.order.length / 2)) : ranked
    search.stageSteps *= 2
    await save()
    if (!mayChoose()) break
  }
  const others = search.trials.filter(({ rate }) => !search.order.includes(rate))
  const merit = ({ looks }: Trial) => {
    const last = looks.at(-1)
    return last ? meritOf(last.standing, keep) : Number.NEGATIVE_INFINITY
  }
  const next = [...others].sort((a, b) => merit(b) - merit(a)).map(({ rate }) => rate)
  for (const rate of [...search.order, ...next]) {
    const trial = trialOf(search, rate)
    if (isOver() || trial.ended !== null) continue
    chosen(trial)
    while (!isOver() && trial.ended === null) {
      await advance(trial, (trial.looks.at(-1)?.step ?? 0) + roundSteps)
      if (isStuck(trial, keep)) trial.ended = `no progress in ${stuckLooks} looks`
    }
  }
  return ended() ?? (stopRequested() ? null : 'stuck')
}

function trialOf({ trials }: Search, rate: number): Trial {
  return trials.find((trial) => trial.rate === rate) as Trial
}

/** Rates that are worth going on with, the best first; of trials that all broke, none. */
function ranking(
  search: Search,
  { keep, isSteered, budget, secondsPerStep }: SearchContext,
): number[] {
  const byTime = budget.left() / (secondsPerStep() ?? Number.POSITIVE_INFINITY)
  const more = Math.min(byTime, budget.stepsLeft())
  return search.order
    .map((rate) => trialOf(search, rate))
    .filter(({ looks, ended }) => looks.length > 0 && ended === null)
    .map(({ rate, looks }) => {
      const { step, standing } = looks[looks.length - 1]
      return {
        rate,
        standing,
        expected: forecast(standing, step, { available: step + more, isSteered }),
      }
    })
    .sort(betterFirst(keep))
    .map(({ rate }) => rate)
}

function isStuck({ looks }: Trial, keep: number): boolean {
  if (looks.length <= stuckLooks) return false
  const merits = looks.map(({ standing }) => meritOf(standing, keep))
  const before = Math.max(...merits.slice(0, -stuckLooks))
  return Math.max(...merits.slice(-stuckLooks)) < before + leastProgress
}
