import { keptShare, type Standing } from './standing.ts'

/** How the next steps are made. */
export interface Course {
  /** how long the forget part of a step is beside the retain part */
  readonly share: number
  /** a share above which it grows slowly: half of what last cost too much */
  readonly ceiling: number
  /** of the learning rate */
  readonly rateFactor: number
}

/** Before the first look: as the combiner's knobs say, where it has a share. */
export function firstCourse(knobs: Readonly<Record<string, unknown>>): Course {
  const share = Number(knobs.share ?? 1)
  return { share, ceiling: 2 * share, rateFactor: 1 }
}

/** With less, what was forgotten comes back. */
const leastShare = 1 / 32
const mostShare = 8
/** Of the learning rate. */
const leastRate = 0.1
/** Of the learning rate, next to the level. */
const nearRate = 0.3
/** Of what may be lost, the part that must be left for more. */
const roomShare = 0.1
/** A change between two looks that is no more than noise. */
const noise = 0.005

/**
 * Steers by what a look found: forgetting takes a larger share while keeping has room to spare and loses nothing, and a smaller one
 * as soon as it does; the nearer the level, the shorter the steps, so that they do not go past it, and shorter still after a look at
 * which something had come back, which is noise of steps that are too long.
 *
 * What a share costs shows some looks later. So it grows by a half up to the ceiling and by a fifth above it, and the ceiling is
 * half of a share at which too much was lost.
 *
 * @param before the standing at the look before; the start's at the first
 * @param keep   share that must stay
 */
export function steer(
  { share, ceiling, rateFactor: usual }: Course,
  { before, now, keep }: { before: Standing | null; now: Standing; keep: number },
): Course {
  const kept = keptShare(now)
  const was = before ? keptShare(before) : 1
  const isBack = before !== null && now.left > 1.1 * before.left + noise
  const atMost = Math.max(nearRate, Math.min(1, 5 * now.left))
  const rateFactor = Math.max(leastRate, Math.min(atMost, usual * (isBack ? 0.6 : 1.2)))
  const within = (value: number) => Math.max(leastShare, Math.min(mostShare, value))
  if (kept < keep) return { share: within(share / 2), ceiling: within(share / 2), rateFactor }
  const hasRoom = kept >= keep + roomShare * (1 - keep)
  if (!hasRoom || kept < was - noise)
    return { share, ceiling: Math.min(ceiling, share), rateFactor }
  return { share: within(share * (share * 1.5 <= ceiling ? 1.5 : 1.2)), ceiling, rateFactor }
}
