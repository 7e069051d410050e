import type { Search, SearchEnd } from './search-file.ts'

/** Part of the time that is kept back, besides what measuring took before, for what comes after training. */
const spareShare = 0.05

/** The time and the steps of a run towards a goal, over all its stops. */
export interface Budget {
  /** seconds so far */
  used(): number
  /** seconds that are left for training */
  left(): number
  /** steps that are left to all trials; infinite where only the time counts */
  stepsLeft(): number
  /** the part of time or steps that is left, the smaller */
  leftShare(): number
  /** which of them is used up; null where neither is */
  isUp(): SearchEnd | null
}

/**
 * Divides the time of a goal: what measuring takes after training is kept back, as long as it took before.
 *
 * @param options.usedBefore       seconds of this run before the process that goes on with it
 * @param options.measuringSeconds of what was measured before training
 * @param options.steps            of all trials together, at most; null where only the time counts
 */
export function goalBudget(
  options: {
    readonly seconds: number
    readonly usedBefore: number
    readonly measuringSeconds: number
    readonly steps: number | null
    readonly elapsed: () => number
  },
  { trials }: Pick<Search, 'trials'>,
): Budget {
  const { seconds, usedBefore, measuringSeconds, steps, elapsed } = options
  const until = seconds * (1 - spareShare) - measuringSeconds
  const inAll = until - measuringSeconds
  const most = steps ?? Number.POSITIVE_INFINITY
  const used = () => usedBefore + elapsed()
  const left = () => until - used()
  const stepsLeft = () =>
    most - trials.reduce((made, { looks }) => made + (looks.at(-1)?.step ?? 0), 0)
  return {
    used,
    left,
    stepsLeft,
    leftShare: () =>
      Math.min(left() / Math.max(1, inAll), steps === null ? 1 : stepsLeft() / steps),
    isUp: () => (left() <= 0 ? 'time' : stepsLeft() <= 0 ? 'steps' : null),
  }
}
