import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

const pieceBytes = 2 ** 16

/** Reads what has been appended to a log, a piece at a time. */
export interface EventTail {
  /** Complete lines after those already read, at most a piece; empty where there are none yet. */
  next(): string[]
  close(): void
}

/** Opens `events.jsonl` for following; memory stays small however long the file is. */
export function openEventTail(path: string): EventTail {
  const file = openSync(path, 'r')
  let offset = 0
  let rest = Buffer.alloc(0)
  return {
    next() {
      const { size } = fstatSync(file)
      if (size <= offset) return []
      const piece = Buffer.alloc(Math.min(pieceBytes, size - offset))
      const read = readSync(file, piece, 0, piece.length, offset)
      offset += read
      const bytes = Buffer.concat([rest, piece.subarray(0, read)])
      const end = bytes.lastIndexOf(0x0a) + 1
      rest = Buffer.from(bytes.subarray(end))
      return bytes.subarray(0, end).toString('utf8').split('\n').filter(Boolean)
    },
    close: () => closeSync(file),
  }
}
