import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { parsedEvent } from './log-ends.ts'

/** Bytes of a log that are read at a time. */
export const pieceBytes = 2 ** 16

/** Reads what has been appended to a log, a piece at a time. */
export interface EventTail {
  /** Complete lines after those already read, a piece or one line that is longer; empty where there are none yet. */
  next(): string[]
  close(): void
}

/**
 * Opens `events.jsonl` for following; memory stays small however long the file is.
 *
 * @param after id of an event that is known with all before it, most of which are then not read
 */
export function openEventTail(path: string, after = 0): EventTail {
  const file = openSync(path, 'r')
  let offset = after > 0 ? placeOf(file, after) : 0
  let rest = Buffer.alloc(0)
  return {
    next() {
      let end = 0
      // One line may be longer than a piece.
      while (end === 0) {
        const piece = pieceAt(file, offset)
        if (piece.length === 0) return []
        offset += piece.length
        rest = Buffer.concat([rest, piece])
        end = rest.lastIndexOf(0x0a) + 1
      }
      const whole = rest.toString('utf8', 0, end)
      rest = Buffer.from(rest.subarray(end))
      return whole.split('\n').filter(Boolean)
    },
    close: () => closeSync(file),
  }
}

function pieceAt(file: number, offset: number): Buffer {
  const length = Math.min(pieceBytes, fstatSync(file).size - offset)
  if (length <= 0) return Buffer.alloc(0)
  const piece = Buffer.alloc(length)
  return piece.subarray(0, readSync(file, piece, 0, length, offset))
}

/** Where a line begins that is at most a piece before the one after an event; ids ascend, so halves are looked into. */
function placeOf(file: number, id: number): number {
  let [low, high] = [0, fstatSync(file).size]
  while (high - low > pieceBytes) {
    const middle = low + Math.floor((high - low) / 2)
    const piece = pieceAt(file, middle)
    const start = piece.indexOf(0x0a) + 1
    const end = piece.indexOf(0x0a, start)
    const [event] = start > 0 && end > 0 ? parsedEvent(piece.toString('utf8', start, end)) : []
    if (event && event.id <= id) low = middle + start
    // A line that cannot be read says nothing of what lies after it.
    else high = middle
  }
  return low
}
