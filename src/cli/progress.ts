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
  return {
    listen(event) {
      if (event.type === 'step') {
        clear()
        output.write(bar(event, output.columns ?? 80))
        drawn = true
        return
      }
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
  let lastShare: number | null = null
  return {
    listen(event) {
      if (event.type !== 'step') {
        const line = eventLine(event)
        if (line !== null) output.write(`${line}\n`)
        return
      }
      const share = event.step / event.totalSteps
      const before = lastShare ?? share
      lastShare = share
      const passed = milestones.some((milestone) => before < milestone && share >= milestone)
      const done = event.step === event.totalSteps
      if (!passed && !done && now() - last < quietMilliseconds) return
      last = now()
      output.write(`${stepText(event)}\n`)
    },
    close() {},
  }
}

/** `██████░░░░ 60 %  step 6/10 · forget 3.2 · retain 0.41 · 12 s left`, cut to the width. */
function bar(event: EventOf<'step'>, columns: number): string {
  const width = Math.max(0, Math.min(24, columns - 60))
  const filled = Math.round((width * event.step) / event.totalSteps)
  const drawn = width > 0 ? `${'█'.repeat(filled)}${'░'.repeat(width - filled)} ` : ''
  return `${drawn}${stepText(event)}`.slice(0, columns - 1)
}

function stepText({ step, totalSteps, losses, etaSeconds }: EventOf<'step'>): string {
  const percent = `${Math.floor((100 * step) / totalSteps)} %`.padStart(5)
  const parts = [`step ${step}/${totalSteps}`]
  for (const set of ['forget', 'retain'] as const)
    if (losses[set] !== null) parts.push(`${set} ${losses[set].toPrecision(4)}`)
  if (step < totalSteps) parts.push(`${durationText(Math.round(etaSeconds))} left`)
  return `${percent}  ${parts.join(' · ')}`
}
