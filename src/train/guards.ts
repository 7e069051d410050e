/** When to stop, as a recipe says it; null switches a guard off. */
export interface GuardSettings {
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

/** Why a guard tripped. */
export interface Trip {
  readonly guard: 'non-finite' | 'divergence' | 'collapse' | 'no-effect'
  readonly reason: string
  /** Candidates, likeliest first. */
  readonly causes: readonly string[]
}

/** What a mid-run look at the model gave. */
export interface UtilityCheck {
  readonly retainProbability: number | null
  readonly repetition: number | null
}

/** Looks at each step's losses; `firstRetainLoss` is part of the state that resume restores. */
export function checkStep(
  settings: GuardSettings,
  result: {
    finite: boolean
    losses: { forget: number | null; retain: number | null }
    gradientNorms: { update: number }
  },
  firstRetainLoss: number | null,
): Trip | null {
  const { losses, gradientNorms } = result
  if (!result.finite && settings.nonFinite)
    return {
      guard: 'non-finite',
      reason: `forget loss ${losses.forget}, retain loss ${losses.retain}, direction norm ${gradientNorms.update}`,
      causes: [
        'the learning rate is too high',
        'an unbounded forget loss (ga) ran away: use npo, or fewer steps',
        'the checkpoint already holds non-finite weights (see `lethe doctor`)',
      ],
    }
  const { retainLossRise } = settings
  if (retainLossRise !== null && losses.retain !== null && firstRetainLoss !== null) {
    const rise = losses.retain - firstRetainLoss
    if (rise > retainLossRise)
      return {
        guard: 'divergence',
        reason: `retain loss ${losses.retain.toFixed(3)} is ${rise.toFixed(3)} nats per token above the first step's ${firstRetainLoss.toFixed(3)}; allowed: ${retainLossRise}`,
        causes: ['the learning rate is too high', 'the forget loss outweighs the retain loss'],
      }
  }
  return null
}

/** Looks at answers and probabilities on the retain set. */
export function checkUtility(
  settings: GuardSettings,
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
  if (utilityFloor !== null && was !== null && is !== null && is < utilityFloor * was)
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

/** Looks at whether anything was forgotten. */
export function checkEffect(
  settings: GuardSettings,
  forgetBefore: number,
  forgetAfter: number,
): Trip | null {
  const { noEffect } = settings
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
