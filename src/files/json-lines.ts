import { closeSync, existsSync, fsyncSync, ftruncateSync, openSync, writeSync } from 'node:fs'
import { UserError } from '../error.ts'
import { readBoundedBytes } from './bounded-file.ts'
import { mostRecordBytes, nestingProblem } from './bounded-json.ts'
import { withFileErrors } from './file-error.ts'

/** Appends values to a file, one JSON text a line. */
export interface JsonLinesWriter {
  /** Written to the file when it returns: survives the end of the process, and with `sync` a power failure. */
  append(value: unknown): void
  sync(): void
  close(): void
}

/**
 * Opens a file of JSON lines for appending and makes it if it is missing; a last line that was cut off is removed.
 *
 * @throws UserError where the file cannot be written, also from `append` when the disk is full; the line that did not fit
 *   is taken back
 */
export function openJsonLines(path: string): JsonLinesWriter {
  let length = existsSync(path) ? completeBytes(readBoundedBytes(path, mostRecordBytes)) : 0
  // Not `a`: on a full disk the half line has to be cut off again.
  const file = withFileErrors(path, () => openSync(path, existsSync(path) ? 'r+' : 'wx'))
  withFileErrors(path, () => ftruncateSync(file, length))
  return {
    append(value) {
      const line = Buffer.from(`${JSON.stringify(value)}\n`)
      withFileErrors(path, () => {
        try {
          for (let done = 0; done < line.length; )
            done += writeSync(file, line, done, line.length - done, length + done)
        } catch (error) {
          ftruncateSync(file, length)
          throw error
        }
      })
      length += line.length
    },
    sync: () => withFileErrors(path, () => fsyncSync(file)),
    close: () => closeSync(file),
  }
}

/** What every line of a file must be. */
export interface WantedLine {
  /** in words: `an event` */
  readonly what: string
  readonly fits: (value: unknown) => boolean
}

/** Lines of which some are enough. */
export interface Thinned {
  /** a text that each of them has near its beginning */
  readonly mark: string
  /** how many are read, evenly spread, the last among them */
  readonly most: number
}

/**
 * Every complete line of a file of JSON lines, or of those with a mark some; a last line without its line end is cut off, as after a
 * power failure, and left out.
 *
 * @throws UserError where the file cannot be read or is too large, or a line that is read is not JSON or nested too deep
 */
export function readJsonLines(path: string, wanted?: WantedLine, thinned?: Thinned): unknown[] {
  const bytes = readBoundedBytes(path, mostRecordBytes)
  const places = completeLines(bytes)
  const isLeftOut = thinned ? leftOut(bytes, places, thinned) : () => false
  return places.flatMap(([start, end], i) => {
    if (isLeftOut(i)) return []
    const line = bytes.toString('utf8', start, end)
    if (line.trim() === '') return []
    const position = { file: path, line: i + 1, column: 1 }
    const deep = nestingProblem(line, position)
    if (deep) throw new UserError(deep)
    let value: unknown
    try {
      value = JSON.parse(line)
    } catch (error) {
      const got = (error as SyntaxError).message
      throw new UserError({
        code: 'not-json',
        position,
        expected: 'one JSON text on the line',
        got,
      })
    }
    if (!wanted || wanted.fits(value)) return [value]
    const { what: expected } = wanted
    throw new UserError({ code: 'damaged-line', position, expected, got: line.slice(0, 80) })
  })
}

type Place = readonly [start: number, end: number]

/** One by one, since all of a long file is longer than a text may be. */
function completeLines(bytes: Buffer): Place[] {
  const places: Place[] = []
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(0x0a, start)
    if (end < 0) break
    places.push([start, end])
    start = end + 1
  }
  return places
}

/** How far into a line a mark is looked for. */
const markBytes = 256

function leftOut(bytes: Buffer, places: readonly Place[], { mark, most }: Thinned) {
  const marked = places.flatMap(([start, end], i) =>
    bytes.subarray(start, Math.min(end, start + markBytes)).includes(mark) ? [i] : [],
  )
  const apart = Math.ceil(marked.length / most)
  const left = new Set(marked.filter((_, n) => (marked.length - 1 - n) % apart !== 0))
  return (line: number) => left.has(line)
}

/** Bytes up to and including the last line end. */
function completeBytes(bytes: Uint8Array): number {
  return bytes.lastIndexOf(0x0a) + 1
}
