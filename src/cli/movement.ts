import type { MeasuringProgress } from '../measure/score/measuring-progress.ts'
import { durationText } from '../units.ts'

/** How far long work has come. */
export interface Movement {
  /** of what: another begins again */
  readonly of: string
  /** 0 … 1 */
  readonly share: number
  readonly what: string
  /** Left out from the last on where there is no room. */
  readonly details: readonly string[]
  /** `12 s left`; null where nobody knows, or none is */
  readonly left: string | null
}

/** ` 60 %  step 6/10 · forget 3.2 · 12 s left`; with fewer details where not all are wanted. */
export function movementText(
  { share, what, details, left }: Movement,
  count = details.length,
): string {
  const percent = `${Math.floor(100 * share)} %`.padStart(5)
  const parts = [what, ...details.slice(0, count), ...(left === null ? [] : [left])]
  return `${percent}  ${parts.join(' · ')}`
}

const [shortestBar, longestBar] = [8, 24]

/**
 * `██████░░░░ 60 %  step 6/10 · forget 3.2 · 12 s left`, shorter than the width. The bar gives way first, then details, then the bar
 * goes, then details go: what it is and the time left stand to the last.
 */
export function bar(movement: Movement, columns: number): string {
  const room = columns - 1
  const { share, details } = movement
  for (const shortest of [shortestBar, 0])
    for (let count = details.length; count >= 0; count--) {
      const text = movementText(movement, count)
      const width = Math.min(longestBar, room - text.length - 1)
      if (width < shortest && (shortest > 0 || text.length > room)) continue
      if (shortest === 0) return text
      const filled = Math.round(width * share)
      return `${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${text}`
    }
  return movementText(movement, 0).slice(0, Math.max(0, room))
}

/** ` 45 %  measuring before training · 12/62 rows · 8 s left`. */
export function recordsMovement(
  of: string,
  what: string,
  { done, of: rows, share, etaSeconds }: MeasuringProgress,
): Movement {
  return { of, share, what, details: [`${done}/${rows} rows`], left: leftText(etaSeconds) }
}

/** `8 s left`. */
export function leftText(seconds: number | null): string | null {
  return seconds === null ? null : `${durationText(Math.round(Math.max(0, seconds)))} left`
}
