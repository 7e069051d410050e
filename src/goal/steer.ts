import { keptShare, type Standing } from './standing.ts'

/** How the next steps are made. */
export interface Course {
  /** how long the forget part of a step is beside the retain part */
  readonly share: number
  /** of the learning rate */
  readonly rateFactor: number
}

/** Before the first look: as the combiner's knobs say, where it has a share. */
export function firstCourse(knobs: Readonly<Record<string, unknown>>): Course {
  return { share: Number(knobs.share ?? 1), rateFactor: 1 }
}

const leastShare = 1 / 64
const mostShare = 8
/** Of the learning rate, next to the level. */
const leastRate = 0.3
/** A loss of retention between two looks that is no more than noise. */
const noise = 0.005

/**
 * Steers by what a look found: forgetting takes a larger share while keeping has room to spare and loses nothing, and a smaller one
 * as soon as it does; the nearer the level, the shorter the steps, so that they do not go past it.
 *
 * @param before the standing at the look before; the start's at the first
 * @param keep   share that must stay
 */
export function steer(
  { share }: Course,
  { before, now, keep }: { before: Standing | null; now: Standing; keep: number },
): Course {
  const kept = keptShare(now)
  const was = before ? keptShare(before) : 1
  const hasRoom = kept >= (1 + keep) / 2
  const factor = kept < keep ? 1 / 4 : !hasRoom ? 1 / 2 : kept < was - noise ? 1 : 3 / 2
  return {
    share: Math.max(leastShare, Math.min(mostShare, share * factor)),
    rateFactor: Math.max(leastRate, Math.min(1, 1.5 * now.left)),
  }
}
