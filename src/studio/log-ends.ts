import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { isEvent } from '../run/event-schema.ts'
import type { RunEvent } from '../run/events.ts'

const headBytes = 2 ** 16
const tailBytes = 2 ** 17

/**
 * Of the beginning and the end of a log what a table needs, however long the run was: how the run began and went on,
 * the last step, the last event. Damaged lines are left out.
 */
export function readLogEnds(path: string): RunEvent[] {
  const file = openSync(path, 'r')
  try {
    const { size } = fstatSync(file)
    if (size <= headBytes + tailBytes) return eventsOf(read(file, 0, size))
    const head = read(file, 0, headBytes)
    const tail = read(file, size - tailBytes, tailBytes)
    return [
      ...eventsOf(head.slice(0, head.lastIndexOf('\n') + 1)),
      ...eventsOf(tail.slice(tail.indexOf('\n') + 1)),
    ]
  } finally {
    closeSync(file)
  }
}

function read(file: number, position: number, length: number): string {
  const bytes = Buffer.alloc(length)
  const count = readSync(file, bytes, 0, length, position)
  return bytes.toString('utf8', 0, count)
}

/** Of hundreds of steps and samples a table shows the last step: the others are not even parsed. */
function eventsOf(text: string): RunEvent[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const lastStep = lines.findLastIndex((line) => line.includes('"type":"step"'))
  const isShown = (line: string, i: number) =>
    i === lastStep || i === lines.length - 1 || /"type":"(?:run|guard)\./.test(line)
  return lines.filter(isShown).flatMap(parsedEvent)
}

/** An event by its line; none where the line is damaged. */
export function parsedEvent(line: string): RunEvent[] {
  try {
    const event = JSON.parse(line)
    return isEvent(event) ? [event] : []
  } catch {
    return []
  }
}
