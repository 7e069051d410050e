import type { MeasuringProgress } from '../measure/score/measuring-progress.ts'
import type { EventOf, RunEvent } from '../run/events.ts'
import { durationText } from '../units.ts'
import { eventLine } from './event-line.ts'
import type { Output } from './terminal.ts'

/** How often a line is written where no person looks on. */
const quietMilliseconds = 30_000
const milestones = [0.25, 0.5, 0.75]

/** Shows a run on a terminal, from its events alone. */
export interface Progress {
  listen(event: RunEvent): void
  /** Shows how far work is that is no event. */
  move(movement: Movement): void
  /** Leaves the last bar on its line; call it once, at the end. */
  close(): void
}

/**
 * A bar with the remaining time, redrawn in place, where `output` is a terminal; else a line every 30 seconds and at
 * 25, 50 and 75 %, for logs. Everything that is not a step (warnings, saved states, guards) gets its own line.
 *
 * @param now milliseconds; a test passes its own clock
 */
export function createProgress(output: Output, now: () => number = Date.now): Progress {
  return output.isTTY ? barProgress(output) : lineProgress(output, now)
}

function barProgress(output: Output): Progress {
  let drawn = false
  const clear = () => {
    if (drawn) output.write('\r\u001b[K')
    drawn = false
  }
  const move = (movement: Movement) => {
    clear()
    output.write(bar(movement, output.columns ?? 80))
    drawn = true
  }
  return {
    move,
    listen(event) {
      const moved = movementOf(event)
      if (moved) return move(moved)
      const line = eventLine(event)
      if (line === null) return
      clear()
      output.write(`${line}\n`)
    },
    close() {
      if (drawn) output.write('\n')
      drawn = false
    },
  }
}

function lineProgress(output: Output, now: () => number): Progress {
  let last = now()
  let before: Movement | null = null
  const move = (movement: Movement) => {
    const { of, share, text } = movement
    const from = before?.of === of ? before.share : share
    before = movement
    const passed = milestones.some((milestone) => from < milestone && share >= milestone)
    if (!passed && share < 1 && now() - last < quietMilliseconds) return
    last = now()
    output.write(`${text}\n`)
  }
  return {
    move,
    listen(event) {
      const moved = movementOf(event)
      if (moved) return move(moved)
      const line = eventLine(event)
      if (line !== null) output.write(`${line}\n`)
    },
    close() {},
  }
}

/** How far long work has come. */
export interface Movement {
  /** of what: another begins again */
  readonly of: string
  /** 0 … 1 */
  readonly share: number
  readonly text: string
}

function movementOf(event: RunEvent): Movement | null {
  if (event.type === 'step')
    return { of: 'steps', share: event.step / event.totalSteps, text: stepText(event) }
  if (event.type !== 'eval.progress') return null
  const { phase, share } = event
  const what = `measuring ${phase === 'during' ? '' : `${phase} `}training`
  return { of: phase, share, text: recordsText(what, event) }
}

/** `  45 %  measuring before training · 12/62 rows · 8 s left`. */
export function recordsText(
  what: string,
  { done, of, share, etaSeconds }: MeasuringProgress,
): string {
  const left = etaSeconds === null ? [] : [`${durationText(Math.round(etaSeconds))} left`]
  return `${percent(share)}  ${[what, `${done}/${of} rows`, ...left].join(' · ')}`
}

/** `██████░░░░ 60 %  step 6/10 · forget 3.2 · retain 0.41 · 12 s left`, cut to the width. */
function bar({ share, text }: Movement, columns: number): string {
  const width = Math.max(0, Math.min(24, columns - 60))
  const filled = Math.round(width * share)
  const drawn = width > 0 ? `${'█'.repeat(filled)}${'░'.repeat(width - filled)} ` : ''
  return `${drawn}${text}`.slice(0, columns - 1)
}

const percent = (share: number) => `${Math.floor(100 * share)} %`.padStart(5)

function stepText({ step, totalSteps, losses, etaSeconds }: EventOf<'step'>): string {
  const parts = [`step ${step}/${totalSteps}`]
  for (const set of ['forget', 'retain'] as const)
    if (losses[set] !== null) parts.push(`${set} ${losses[set].toPrecision(4)}`)
  if (step < totalSteps) parts.push(`${durationText(Math.round(etaSeconds))} left`)
  return `${percent(step / totalSteps)}  ${parts.join(' · ')}`
}
