import { readFileSync } from 'node:fs'
import { readEvents } from '../run/event-log.ts'
import type { EventOf } from '../run/events.ts'
import { parsedEvent } from './log-ends.ts'

/** A number of each step event, by its path: `losses.forget`; steps without it are left out. */
export function stepValues(eventsFile: string, path: string): [number, number][] {
  return readEvents(eventsFile).flatMap((event): [number, number][] => {
    if (event.type !== 'step') return []
    let value: unknown = event
    for (const key of path.split('.'))
      value =
        typeof value === 'object' && value !== null && Object.hasOwn(value, key)
          ? (value as Record<string, unknown>)[key]
          : undefined
    return typeof value === 'number' ? [[event.step, value]] : []
  })
}

/** Steps evenly spread over a log, for a picture of it; the others are not parsed. Damaged lines are left out. */
export function someSteps(eventsFile: string, limit: number): EventOf<'step'>[] {
  const lines = readFileSync(eventsFile, 'utf8')
    .split('\n')
    .filter((line) => line.includes('"type":"step"'))
  const stride = Math.max(1, lines.length / limit)
  const chosen = Array.from(
    { length: Math.min(limit, lines.length) },
    (_, i) => lines[Math.floor(i * stride)],
  )
  return chosen.flatMap(parsedEvent).filter((event) => event.type === 'step')
}
