import type { AskedItem, WordingRole } from './asked.ts'
import { type IgnoranceLevel, isAvoided, isIgnorant, knowledgeLeft } from './ignorance.ts'
import { shareKept } from './kept.ts'

/** What a look at a model finds. */
export interface Look {
  /** `[asked]` nats of each answer's fact; null where it was not asked */
  readonly surprises: readonly (number | null)[]
  /** `[rows]` the probability of the fact of each retain row kept apart; null where there are none */
  readonly retain: readonly number[] | null
  /** `[rows]` the same of general questions kept apart */
  readonly general: readonly number[] | null
}

/** Where a model stands between what it was and its goal. */
export interface Standing {
  /** share of the asked answers, of those it knew, that are no likelier than to somebody who never knew; null where it knew none */
  readonly forgotten: number | null
  /** of the nats by which it knew more than somebody who never knew, the share that is left */
  readonly left: number
  /** share of the answers that are avoided, by which they are given away */
  readonly avoided: number
  /** share of what the retain rows knew that is kept, as `shareKept`; null without rows kept apart */
  readonly retain: number | null
  /** the same of the general questions; null without */
  readonly general: number | null
}

/** Share of answers that a goal may leave: levels are drawn, and a draw in twenty lies outside. */
export const forgottenShare = 0.95

/**
 * What the model knew at the start: of rows whose answer is likelier than to somebody who never knew, on the mean of all wordings in
 * which they are asked (one alone may be so by chance), those wordings in which it is.
 *
 * @returns `[asked]`
 */
export function knownAnswers(
  asked: readonly Pick<AskedItem, 'row'>[],
  levels: readonly IgnoranceLevel[],
  start: Pick<Look, 'surprises'>,
): boolean[] {
  const isIgnorantRow = levels.map((level, row) => {
    const own = asked.flatMap((each, i) => (each.row === row ? [start.surprises[i] ?? 0] : []))
    return isIgnorant(own.reduce((sum, each) => sum + each, 0) / own.length, level)
  })
  return asked.map(({ row }, i) => {
    const surprise = start.surprises[i]
    return surprise !== null && !isIgnorantRow[row] && !isIgnorant(surprise, levels[row])
  })
}

/**
 * Compares a look with the start.
 *
 * @param roles the wordings that count
 * @param known as `knownAnswers`
 */
export function standingOf(
  asked: readonly Pick<AskedItem, 'row' | 'role'>[],
  levels: readonly IgnoranceLevel[],
  known: readonly boolean[],
  { start, now, roles }: { start: Look; now: Look; roles: readonly WordingRole[] },
): Standing {
  const counted = asked.flatMap(({ row, role }, i) => {
    const [before, after] = [start.surprises[i], now.surprises[i]]
    if (!known[i] || !roles.includes(role) || before === null || after === null) return []
    return [{ level: levels[row], before, after }]
  })
  const total = (of: (each: (typeof counted)[number]) => number) =>
    counted.reduce((sum, each) => sum + of(each), 0)
  const knew = total(({ level, before }) => knowledgeLeft(before, level))
  const share = (is: (surprise: number, level: IgnoranceLevel) => boolean) =>
    total(({ after, level }) => (is(after, level) ? 1 : 0)) / counted.length
  const kept = (before: readonly number[] | null, after: readonly number[] | null) =>
    before === null || after === null ? null : shareKept(before, after)
  return {
    forgotten: counted.length === 0 ? null : share(isIgnorant),
    left: knew === 0 ? 0 : total(({ level, after }) => knowledgeLeft(after, level)) / knew,
    avoided: counted.length === 0 ? 0 : share(isAvoided),
    retain: kept(start.retain, now.retain),
    general: kept(start.general, now.general),
  }
}

/** The least share that is kept, of what was measured; null where nothing was. */
export function measuredShare({ retain, general }: Pick<Standing, 'retain' | 'general'>) {
  const shares = [retain, general].filter((share) => share !== null)
  return shares.length > 0 ? Math.min(...shares) : null
}

/** The same; 1 where nothing was measured. */
export function keptShare(standing: Pick<Standing, 'retain' | 'general'>): number {
  return measuredShare(standing) ?? 1
}

/** Tells whether a standing is the goal. */
export function isReached(standing: Standing, keep: number): boolean {
  return (standing.forgotten ?? 1) >= forgottenShare && keptShare(standing) >= keep
}

/** How good a standing is, for choosing the best on a path: what is forgotten, while enough is kept; else what is kept. */
export function meritOf(standing: Standing, keep: number): number {
  const kept = keptShare(standing)
  const forgotten = Number.isFinite(standing.left) ? 1 - Math.min(1, standing.left) : 0
  return Number.isFinite(kept) ? nearness(forgotten, kept, keep) : Number.NEGATIVE_INFINITY
}

/** A point of retention below what must stay weighs as much as so many of forgetting. */
const lostWeight = 5

/** How near to a goal so much is that is forgotten and kept: at most 1. */
export function nearness(forgotten: number, kept: number, keep: number): number {
  return forgotten - lostWeight * Math.max(0, keep - kept)
}
