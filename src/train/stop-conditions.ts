/** The conditions on which a run stops, `train.guards` of a recipe; null switches one off. */
export interface StopConditions {
  readonly nonFinite: boolean
  /** Nats per token. */
  readonly retainLossRise: number | null
  /** Share of repeated 4-grams in answers. */
  readonly repetition: number | null
  /** Share of the retain probability before training. */
  readonly utilityFloor: number | null
  /** Share by which the forget probability must change. */
  readonly noEffect: number | null
}

/** The condition that stopped a run, and why. */
export interface Trip {
  readonly guard: 'non-finite' | 'divergence' | 'collapse' | 'no-effect'
  readonly reason: string
  /** Candidates, likeliest first. */
  readonly causes: readonly string[]
}

/** Whether a guard only warns: that nothing was forgotten says nothing against the model. */
export function isWarning({ guard }: Pick<Trip, 'guard'>): boolean {
  return guard === 'no-effect'
}

/** The utility of the model in mid-run: null where there is no retain set, not-a-number from a broken model. */
export interface UtilityCheck {
  readonly retainProbability: number | null
  readonly repetition: number | null
}

/** Looks at a step's losses, given the steps done before it. */
export function checkStep(
  settings: StopConditions,
  result: {
    finite: boolean
    losses: { forget: number | null; retain: number | null }
    gradientNorms: { update: number }
  },
  step: number,
): Trip | null {
  if (result.finite || !settings.nonFinite) return null
  const { losses, gradientNorms } = result
  const stored = 'the checkpoint already holds non-finite weights'
  const ranAway = [
    'the learning rate is too high',
    'an unbounded forget loss (ga) ran away: use npo, or fewer steps',
  ]
  return {
    guard: 'non-finite',
    reason: `forget loss ${losses.forget}, retain loss ${losses.retain}, direction norm ${gradientNorms.update}`,
    causes: step === 0 ? [stored] : [...ranAway, stored],
  }
}

/** The retain losses that the divergence guard goes by; stored with a run. */
export interface RetainLosses {
  readonly first: number | null
  /** Of the latest steps, oldest first; null for one that is not a finite number. */
  readonly recent: readonly (number | null)[]
}

/** Over how many steps the retain loss is averaged: one batch of long texts can be nats above another. */
const averagedSteps = 8

/** With the loss of one more step; null where the method has none. */
export function withRetainLoss(losses: RetainLosses, loss: number | null): RetainLosses {
  if (loss === null) return losses
  const known = Number.isFinite(loss) ? loss : null
  return {
    first: losses.first ?? known,
    recent: [...losses.recent, known].slice(-averagedSteps),
  }
}

/**
 * Looks at the mean retain loss of the latest steps, as far as it is finite, against the first step's; nothing is said of fewer
 * steps than a mean needs.
 *
 * @returns how many steps ago a loss was first over what is allowed or not finite, with the trip
 */
export function checkRetainLosses(
  { retainLossRise }: StopConditions,
  { first, recent }: RetainLosses,
): { trip: Trip; stepsAgo: number } | null {
  if (retainLossRise === null || first === null || recent.length < averagedSteps) return null
  const finite = recent.filter((loss) => loss !== null)
  const mean = finite.reduce((sum, loss) => sum + loss, 0) / finite.length
  const rise = mean - first
  if (!(rise > retainLossRise)) return null
  return {
    stepsAgo:
      recent.length -
      1 -
      recent.findIndex((loss) => loss === null || loss - first > retainLossRise),
    trip: {
      guard: 'divergence',
      reason: `retain loss ${mean.toFixed(3)}, the mean of ${averagedSteps} steps, is ${rise.toFixed(3)} nats per token above the first step's ${first.toFixed(3)}; allowed: ${retainLossRise}`,
      causes: ['the learning rate is too high', 'the forget loss outweighs the retain loss'],
    },
  }
}

/**
 * Steps up to which no retain loss speaks against the weights. The loss of a step is that of the weights before it: what the last step
 * made nobody has seen.
 *
 * @param step steps done, of which the losses are the latest
 */
export function unsuspectedSteps(
  { retainLossRise }: StopConditions,
  { first, recent }: RetainLosses,
  step: number,
): number {
  const since = recent.findIndex(
    (loss) => loss === null || (retainLossRise !== null && loss - (first ?? loss) > retainLossRise),
  )
  return step - 1 - (since < 0 ? 0 : recent.length - since)
}

/** Looks at answers and probabilities on the retain set. */
export function checkUtility(
  settings: StopConditions,
  before: UtilityCheck,
  now: UtilityCheck,
): Trip | null {
  const { repetition, utilityFloor } = settings
  if (repetition !== null && now.repetition !== null && now.repetition > repetition)
    return {
      guard: 'collapse',
      reason: `${percent(now.repetition)} of the 4-grams in the retain answers are repeats; allowed: ${percent(repetition)}`,
      causes: ['the learning rate is too high', 'too many steps of an unbounded forget loss'],
    }
  const { retainProbability: was } = before
  const { retainProbability: is } = now
  if (utilityFloor !== null && was !== null && is !== null && !(is >= utilityFloor * was))
    return {
      guard: 'collapse',
      reason: `answer probability on the retain set fell from ${was.toFixed(3)} to ${is.toFixed(3)}; floor: ${percent(utilityFloor)} of the start = ${(utilityFloor * was).toFixed(3)}`,
      causes: [
        'the learning rate is too high',
        'too many epochs',
        'the retain set is too small or too unlike what is measured',
      ],
    }
  return null
}

/** Looks at whether anything was forgotten; probabilities are null where they are not numbers. */
export function checkEffect(
  settings: StopConditions,
  forgetBefore: number | null,
  forgetAfter: number | null,
): Trip | null {
  const { noEffect, nonFinite } = settings
  if (forgetBefore === null) return null
  if (forgetAfter === null)
    return nonFinite
      ? {
          guard: 'non-finite',
          reason: 'the answer probability on the forget set is not a number after training',
          causes: ['the last steps broke the model: the learning rate is too high'],
        }
      : null
  if (noEffect === null || Math.abs(forgetAfter - forgetBefore) >= noEffect * forgetBefore)
    return null
  return {
    guard: 'no-effect',
    reason: `answer probability on the forget set went from ${forgetBefore.toFixed(4)} to ${forgetAfter.toFixed(4)}, less than ${percent(noEffect)} of it`,
    causes: [
      'the learning rate is too low',
      'too few steps',
      'the model never knew the forget set: look at its answers before',
    ],
  }
}

const percent = (share: number) => `${Math.round(100 * share)} %`
