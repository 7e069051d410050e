import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import type { EventOf } from '../run/events.ts'
import { openEventTail } from './event-tail.ts'
import { parsedEvent } from './log-ends.ts'
import { nextTurn } from './turns.ts'

/** A number of each step event, by its path: `losses.forget`; steps without it, and damaged lines, are left out. */
export async function stepValues(eventsFile: string, path: string): Promise<[number, number][]> {
  const keys = path.split('.')
  const values: [number, number][] = []
  const tail = openEventTail(eventsFile)
  try {
    for (let lines = tail.next(); lines.length > 0; lines = tail.next()) {
      for (const event of lines.filter(isOfStep).flatMap(parsedEvent)) {
        let value: unknown = event
        for (const key of keys)
          value =
            typeof value === 'object' && value !== null && Object.hasOwn(value, key)
              ? (value as Record<string, unknown>)[key]
              : undefined
        if (typeof value === 'number') values.push([event.step, value])
      }
      await nextTurn()
    }
  } finally {
    tail.close()
  }
  return values
}

/** Bytes in which the line of a step lies whole. */
const lookBytes = 2 ** 13

/** Steps evenly spread over a log, for a picture of it: of a long one little more than these is read. Damaged lines are left out. */
export function someSteps(eventsFile: string, limit: number): EventOf<'step'>[] {
  const file = openSync(eventsFile, 'r')
  try {
    const { size } = fstatSync(file)
    const looks =
      size <= limit * lookBytes
        ? [linesAt(file, 0, size).filter(isOfStep)]
        : Array.from({ length: limit }, (_, i) =>
            linesAt(file, Math.floor((i * (size - lookBytes)) / (limit - 1)), lookBytes)
              .filter(isOfStep)
              .slice(0, 1),
          )
    const lines = looks.flat()
    const stride = Math.max(1, lines.length / limit)
    const chosen = Array.from(
      { length: Math.min(limit, lines.length) },
      (_, i) => lines[Math.floor(i * stride)],
    )
    return chosen.flatMap(parsedEvent).filter((event) => event.type === 'step')
  } finally {
    closeSync(file)
  }
}

const isOfStep = (line: string) => line.includes('"type":"step"')

/** Lines that lie whole in a stretch of a file. */
function linesAt(file: number, position: number, length: number): string[] {
  const bytes = Buffer.alloc(length)
  const text = bytes.toString('utf8', 0, readSync(file, bytes, 0, length, position))
  return text
    .slice(position === 0 ? 0 : text.indexOf('\n') + 1)
    .split('\n')
    .slice(0, -1)
}
