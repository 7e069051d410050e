import { forgottenShare, isReached, keptShare, nearness, type Standing } from './standing.ts'

/** What a trial of some steps lets expect of the whole. */
export interface Forecast {
  /** share of the way to ignorance that is made within the time */
  readonly forgotten: number
  /** share of retention at its end */
  readonly kept: number
  /** steps to the goal; infinite where it does not get there */
  readonly steps: number
}

/** Less of the way than this says nothing of the rest. */
const leastWay = 0.02

/**
 * Draws the path of a trial on in a straight line, in the plane of forgetting and keeping.
 *
 * With `f` the share of the way to ignorance and `l` the share that was lost: the whole way takes `steps/f` steps, and `l/f` is lost
 * on it; `l` where the path is steered, for more is not let go.
 *
 * @param steps     made so far
 * @param available steps for which there is time, those made among them
 */
export function forecast(
  standing: Standing,
  steps: number,
  { available, isSteered }: { readonly available: number; readonly isSteered: boolean },
): Forecast {
  const way = 1 - Math.min(1, standing.left)
  const lost = 1 - keptShare(standing)
  if (!(way > leastWay) || !Number.isFinite(lost))
    return {
      forgotten: Math.max(0, way || 0),
      kept: Number.isFinite(lost) ? 1 - lost : 0,
      steps: Infinity,
    }
  const whole = Math.max(1, 1 / way)
  const reach = Math.min(whole, available / steps)
  return {
    forgotten: Math.min(1, way * reach),
    kept: 1 - lost * (isSteered ? 1 : reach),
    steps: reach < whole ? Infinity : steps * whole,
  }
}

/** Orders trials: those that reach the goal, the fastest first; then by how near they come. */
export function betterFirst(
  keep: number,
): (
  a: { standing: Standing; expected: Forecast },
  b: { standing: Standing; expected: Forecast },
) => number {
  const rank = ({ standing, expected }: { standing: Standing; expected: Forecast }) => {
    if (isReached(standing, keep)) return 2
    return expected.kept >= keep && expected.forgotten >= forgottenShare ? 1 : 0
  }
  const near = ({ expected }: { expected: Forecast }) =>
    nearness(expected.forgotten, expected.kept, keep)
  return (a, b) =>
    rank(b) - rank(a) || (rank(a) > 0 ? a.expected.steps - b.expected.steps : near(b) - near(a))
}
