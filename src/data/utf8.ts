import type { Problem } from '../error.ts'

/** One line of a file: its text without the line ending, or null where its bytes are not UTF-8. */
export interface TextLine {
  line: number
  text: string | null
}

/**
 * Splits bytes into lines of strict UTF-8 (a byte order mark is dropped, `\r\n` and `\n` end a line).
 *
 * @returns the lines, and for each line that is not UTF-8 one problem at the column of its first bad byte,
 *   counted in UTF-16 units like the columns of an editor
 */
export function utf8Lines(
  bytes: Uint8Array,
  file: string,
): { lines: TextLine[]; problems: Problem[] } {
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  const lines: TextLine[] = []
  const problems: Problem[] = []
  for (let from = start, line = 1; from < bytes.length; line++) {
    const newline = bytes.indexOf(0x0a, from)
    const next = newline < 0 ? bytes.length : newline + 1
    const hasReturn = newline > from && bytes[newline - 1] === 0x0d
    const slice = bytes.subarray(from, newline < 0 ? next : hasReturn ? newline - 1 : newline)
    const bad = badByte(slice)
    if (bad < 0) lines.push({ line, text: decoder.decode(slice) })
    else {
      lines.push({ line, text: null })
      problems.push({
        code: 'not-utf8',
        position: { file, line, column: decoder.decode(slice.subarray(0, bad)).length + 1 },
        expected: 'UTF-8 text',
        got: `byte 0x${slice[bad].toString(16).padStart(2, '0')}`,
        hint: encodingHint(bytes),
      })
    }
    from = next
  }
  return { lines, problems }
}

function encodingHint(bytes: Uint8Array): string {
  const mark = (bytes[0] << 8) | bytes[1]
  const utf16 = mark === 0xfffe || mark === 0xfeff
  return `${utf16 ? 'The file looks like UTF-16' : 'The file may be Latin-1 or damaged'}; save it as UTF-8`
}

/**
 * Offset of the first byte that no valid UTF-8 text has there, or −1.
 *
 * Overlong forms, surrogates and code points above U+10FFFF are invalid; a sequence that ends too early is
 * reported at its first byte. Source: Unicode 15, table 3-7.
 */
export function badByte(bytes: Uint8Array): number {
  for (let i = 0; i < bytes.length; ) {
    const lead = bytes[i]
    if (lead < 0x80) {
      i++
      continue
    }
    const length = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0
    if (length === 0 || i + length > bytes.length) return i
    const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80
    const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf
    if (bytes[i + 1] < low || bytes[i + 1] > high) return i
    for (let j = 2; j < length; j++) if ((bytes[i + j] & 0xc0) !== 0x80) return i
    i += length
  }
  return -1
}
