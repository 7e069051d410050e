/** Part of the time that is kept back, besides what measuring took before, for what comes after training. */
const spareShare = 0.05

/** The time of a run towards a goal, over all its stops. */
export interface Budget {
  /** seconds so far */
  used(): number
  /** seconds that are left for training */
  left(): number
  /** seconds that training may take in all */
  readonly inAll: number
}

/**
 * Divides the time of a goal: what measuring takes after training is kept back, as long as it took before.
 *
 * @param options.usedBefore       seconds of this run before the process that goes on with it
 * @param options.measuringSeconds of what was measured before training
 */
export function goalBudget(options: {
  readonly seconds: number
  readonly usedBefore: number
  readonly measuringSeconds: number
  readonly elapsed: () => number
}): Budget {
  const { seconds, usedBefore, measuringSeconds, elapsed } = options
  const until = seconds * (1 - spareShare) - measuringSeconds
  const used = () => usedBefore + elapsed()
  return { used, left: () => until - used(), inAll: Math.max(0, until - measuringSeconds) }
}
