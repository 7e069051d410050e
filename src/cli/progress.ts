import type { RunEvent } from '../run/events.ts'
import { eventLine, isDetail } from './event-line.ts'
import { bar, type Movement, movementText } from './movement.ts'
import { runMovements } from './run-movements.ts'
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

/** Where movements and lines go. */
type Screen = Pick<Progress, 'move' | 'close'> & { line(text: string): void }

/**
 * A line a phase, and how far it is with the remaining time: a bar, redrawn in place, where `output` is a terminal; else a line every 30
 * seconds and at 25, 50 and 75 %, for logs.
 *
 * @param probes also a line for each probe, look and saved state
 * @param now milliseconds; a test passes its own clock
 */
export function createProgress(
  output: Output,
  { probes = false, now = Date.now }: { probes?: boolean; now?: () => number } = {},
): Progress {
  const screen = output.isTTY ? barScreen(output) : lineScreen(output, now)
  const movementOf = runMovements()
  let isTraining = false
  let last: string | null = null
  const line = (text: string | null) => {
    // What is said of each of two sets is said once.
    if (text !== null && text !== last) screen.line(text)
    last = text ?? last
  }
  return {
    move: screen.move,
    close: screen.close,
    listen(event) {
      const moved = movementOf(event)
      if (event.type === 'run.started' || event.type === 'run.resumed') isTraining = false
      if (event.type === 'step' && moved?.of === 'steps' && !isTraining) {
        isTraining = true
        line(`training, ${event.totalSteps} steps …`)
      }
      if (moved) screen.move(moved)
      else if (probes || !isDetail(event)) line(eventLine(event))
    },
  }
}

function barScreen(output: Output): Screen {
  let drawn = false
  const clear = () => {
    if (drawn) output.write('\r\u001b[K')
    drawn = false
  }
  return {
    move(movement) {
      clear()
      output.write(bar(movement, output.columns ?? 80))
      drawn = true
    },
    line(text) {
      clear()
      output.write(`${text}\n`)
    },
    close() {
      if (drawn) output.write('\n')
      drawn = false
    },
  }
}

function lineScreen(output: Output, now: () => number): Screen {
  let last = now()
  let before: Movement | null = null
  return {
    move(movement) {
      const { of, share } = movement
      const from = before?.of === of ? before.share : share
      before = movement
      const passed = milestones.some((milestone) => from < milestone && share >= milestone)
      if (!passed && share < 1 && now() - last < quietMilliseconds) return
      last = now()
      output.write(`${movementText(movement)}\n`)
    },
    line: (text) => output.write(`${text}\n`),
    close() {},
  }
}
