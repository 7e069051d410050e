/** How unlikely an answer's fact is to somebody who never knew it, as drawn: nats. */
export interface IgnoranceLevel {
  /** mean of the draws */
  readonly mean: number
  /** standard deviation of the draws */
  readonly spread: number
  /** mean log p of each token of the fact, over the draws that have as many as the first */
  readonly tokens: readonly number[]
}

/** Nats within which two levels are the same: a factor of two in probability. */
export const leastTolerance = Math.log(2)

/**
 * The level of ignorance of one answer.
 *
 * @param draws log p of the fact's tokens, of each draw of what the starting model makes of it where it cannot know
 */
export function ignoranceLevel(draws: readonly (readonly number[])[]): IgnoranceLevel {
  const surprises = draws.map((tokens) => -tokens.reduce((sum, each) => sum + each, 0))
  const mean = meanOf(surprises)
  const squares = surprises.reduce((sum, each) => sum + (each - mean) ** 2, 0)
  const alike = draws.filter(({ length }) => length === draws[0].length)
  return {
    mean,
    spread: surprises.length < 2 ? 0 : Math.sqrt(squares / (surprises.length - 1)),
    tokens: draws[0].map((_, token) => meanOf(alike.map((draw) => draw[token]))),
  }
}

/**
 * The log p that each token of a fact is moved to: its level, less its part of the tolerance, so that what swings about it stays on
 * the side of ignorance. Of a wording whose fact is cut into other tokens than the draws, equal parts.
 *
 * @param count tokens of the fact in that wording
 */
export function tokenTargets(level: IgnoranceLevel, count: number): number[] {
  const { tokens, mean } = level
  const own = tokens.length === count ? tokens : new Array<number>(count).fill(-mean / count)
  return own.map((logProb) => logProb - tolerance(level) / count)
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, each) => sum + each, 0) / values.length
}

/** Nats by which an answer may be likelier than the level and still count as not known. */
export function tolerance({ spread }: IgnoranceLevel): number {
  return Math.max(leastTolerance, spread)
}

/** Tells whether an answer is no likelier than to somebody who never knew. */
export function isIgnorant(surprise: number, level: IgnoranceLevel): boolean {
  return surprise >= level.mean - tolerance(level)
}

/** Tells whether an answer is avoided: so much less likely than to somebody who never knew that this gives it away. */
export function isAvoided(surprise: number, level: IgnoranceLevel): boolean {
  return surprise > level.mean + Math.max(3 * tolerance(level), avoidedNats)
}

/** Two powers of ten. */
const avoidedNats = Math.log(100)

/** Tells whether an answer is where it should be, with room on both sides. */
export function isSettled(surprise: number, level: IgnoranceLevel): boolean {
  return surprise >= level.mean && surprise <= level.mean + 2 * tolerance(level)
}

/** So much further than its level a row may be pressed for what other wordings still know. */
const mostDepth = Math.log(10)

/**
 * How far below its level a row is to go, from how far it went: on by what its other wordings lack, and back when they lack nothing.
 *
 * @param before nats so far
 * @param lack   nats by which the fact is likelier than its level in a wording that does not train; 0 where in none
 */
export function depthOf(before: number, lack: number, level: IgnoranceLevel): number {
  const most = Math.max(mostDepth, 2 * tolerance(level))
  return lack > 0 ? Math.min(most, before + lack / 2) : before / 2
}

/** Nats by which an answer is likelier than to somebody who never knew; 0 from the level on. */
export function knowledgeLeft(surprise: number, level: IgnoranceLevel): number {
  return Math.max(0, level.mean - surprise)
}
