import { JinjaError } from './jinja-error.ts'

const simple: Readonly<Record<string, string>> = {
  '\\': '\\',
  "'": "'",
  '"': '"',
  '\n': '',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}
const widths: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 }

/** What the inside of a string literal means, as Python's `unicode-escape`: escapes it does not know stay as they are. */
export function unescapeString(text: string): string {
  return text.replace(/\\([0-7]{1,3}|[xuU][0-9a-fA-F]*|[\s\S])/g, (whole, sign: string) => {
    if (/^[0-7]/.test(sign)) return String.fromCodePoint(Number.parseInt(sign, 8))
    const width = widths[sign[0]]
    if (width !== undefined) {
      const hex = sign.slice(1, 1 + width)
      const code = Number.parseInt(hex, 16)
      if (hex.length < width || code > 0x10ffff)
        throw new JinjaError(`the escape ${whole} is cut or out of range`)
      return String.fromCodePoint(code) + sign.slice(1 + width)
    }
    if (sign === 'N') throw new JinjaError('escapes by name (\\N{…}) are not supported')
    return simple[sign] ?? whole
  })
}
