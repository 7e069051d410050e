import { integer } from '../../src/math/random.ts'

/** A file with one thing wrong, and that in words. */
export interface Damaged {
  readonly bytes: Buffer
  readonly what: string
}

/** What a file is made of, besides bytes. */
export type Format = 'json' | 'lines' | 'text' | 'safetensors' | 'bytes'

/** Draws of one case: each call is the next number in [0, size). */
export type Draw = (size: number) => number

/** The draws of a case, a function of seed, file and number alone. */
export function drawsOf(seed: number, name: string, number: number): Draw {
  let count = 0
  return (size) => integer(seed, ['fuzz', name, number], count++, size)
}

/** A file damaged in a way that its draws choose: of half of the cases where it has values inside, one of these. */
export function damage(bytes: Buffer, format: Format, draw: Draw): Damaged {
  const inside = { json: inJson, lines: inLine, safetensors: inHeader, text: inText, bytes: null }
  const own = inside[format]
  return own && draw(4) > 0 ? own(bytes, draw) : ofBytes(bytes, draw)
}

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
type Path = readonly (string | number)[]

/** A JSON file with another value at a path; without it where the value is undefined. */
export function withJson(bytes: Buffer, path: Path, value: unknown): Buffer {
  return Buffer.from(JSON.stringify(changed(JSON.parse(bytes.toString()), path, value)) ?? '')
}

/** The same of one line of a file of JSON lines, from 0. */
export function withLine(bytes: Buffer, line: number, path: Path, value: unknown): Buffer {
  const lines = bytes.toString().split('\n')
  lines[line] = withJson(Buffer.from(lines[line]), path, value).toString()
  return Buffer.from(lines.join('\n'))
}

const nested = (depth: number) => JSON.parse('['.repeat(depth) + ']'.repeat(depth)) as Json
const values: readonly Json[] = [
  ...[null, true, false, 0, -1, 1, 0.5, 1e300, -1e300, 2 ** 31, 2 ** 53, 1e-320],
  ...['', 'x', '0', 'NaN', '../..', '\u0000', '\ud800', '__proto__', 'x'.repeat(5000)],
  ...[[], {}, [null], [[]], [1, 'x'], { x: null }, { length: -1 }, nested(40)],
  nested(300),
]
const keys = ['', '__proto__', 'constructor', 'toString', 'length', 'x']

function inJson(bytes: Buffer, draw: Draw): Damaged {
  const root = JSON.parse(bytes.toString()) as Json
  const places = pathsOf(root)
  const path = places[draw(places.length)]
  const at = `at ${path.join('.') || 'the root'}`
  const write = (value: unknown) => withJson(bytes, path, value)
  switch (draw(6)) {
    case 0:
      return { bytes: write(undefined), what: `nothing ${at}` }
    case 1: {
      const other = valueAt(root, places[draw(places.length)])
      return { bytes: write(other), what: `${short(other)} ${at}` }
    }
    case 2: {
      const key = keys[draw(keys.length)]
      const value = values[draw(values.length)]
      const old = valueAt(root, path)
      const text = JSON.stringify(old)
      const isObject = typeof old === 'object' && old !== null && !Array.isArray(old)
      // Written, not set: twice the same key, and __proto__ as a key of its own.
      const added = isObject
        ? `{${JSON.stringify(key)}:${JSON.stringify(value)},${text.slice(1)}`.replace(',}', '}')
        : `[${text}]`
      const marked = JSON.stringify(changed(root, path, 'MARK')).replace('"MARK"', () => added)
      return { bytes: Buffer.from(marked), what: `a further key ${key} ${at}` }
    }
    default: {
      const value = values[draw(values.length)]
      return { bytes: write(value), what: `${short(value)} ${at}` }
    }
  }
}

function inLine(bytes: Buffer, draw: Draw): Damaged {
  const lines = bytes.toString().split('\n')
  const full = lines.flatMap((line, i) => (line.startsWith('{') ? [i] : []))
  const place = full[draw(full.length)]
  const { bytes: line, what } =
    draw(8) === 0
      ? ofBytes(Buffer.from(lines[place]), draw)
      : inJson(Buffer.from(lines[place]), draw)
  const before = Buffer.from(lines.slice(0, place).join('\n') + (place > 0 ? '\n' : ''))
  const after = Buffer.from(`\n${lines.slice(place + 1).join('\n')}`)
  return { bytes: Buffer.concat([before, line, after]), what: `line ${place + 1}: ${what}` }
}

/** The header of weights, with its length as it is then; the numbers after it stay. */
function inHeader(bytes: Buffer, draw: Draw): Damaged {
  const length = Number(bytes.readBigUInt64LE(0))
  const header = inJson(bytes.subarray(8, 8 + length), draw)
  const head = Buffer.alloc(8)
  head.writeBigUInt64LE(BigInt(header.bytes.length))
  return { ...header, bytes: Buffer.concat([head, header.bytes, bytes.subarray(8 + length)]) }
}

const words = ['null', '1e999', '-1', '[', '{', '"', "'", '\t', ': ', '- ', '&a [*a]', '!!js', '~']
const marks = ['{{', '}}', '{%', '%}', '{#', '|', '..', '#', '---', '%TAG', '\u0000', '\ufeff']

/** A word put into a text, or in the place of one. */
function inText(bytes: Buffer, draw: Draw): Damaged {
  const text = bytes.toString()
  const all = [...words, ...marks]
  const word = draw(9) === 0 ? '['.repeat(900) : all[draw(all.length)]
  const tokens = [...text.matchAll(/\w+|[^\w\s]/g)]
  const { index, 0: old } = tokens[draw(tokens.length)]
  const end = index + (draw(2) === 0 ? old.length : 0)
  const changedText = text.slice(0, index) + word + text.slice(end)
  return { bytes: Buffer.from(changedText), what: `${short(word)} at ${index} for ${short(old)}` }
}

/** Bits and pieces of a file of any kind; half of the places are near its beginning, where heads are. */
function ofBytes(bytes: Buffer, draw: Draw): Damaged {
  const near = draw(2) === 0 ? Math.min(bytes.length, 300) : bytes.length
  const at = draw(Math.max(1, near))
  const put = (piece: Buffer, replaced: number) =>
    Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at + replaced)])
  switch (draw(10)) {
    case 0:
      return { bytes: bytes.subarray(0, at), what: `cut at ${at}` }
    case 1:
      return {
        bytes: put(Buffer.from([(bytes[at] ?? 0) ^ (1 << draw(8))]), 1),
        what: `bit at ${at}`,
      }
    case 2:
      return { bytes: put(Buffer.from([draw(256)]), 1), what: `byte at ${at}` }
    case 3:
      return { bytes: put(Buffer.alloc(1 + draw(8)), 0), what: `NUL at ${at}` }
    case 4:
      return { bytes: put(Buffer.from([0xff, 0xfe, 0x80]), draw(4)), what: `no UTF-8 at ${at}` }
    case 5:
      return { bytes: put(Buffer.alloc(8, 0xff), 8), what: `eight times 255 at ${at}` }
    case 6:
      return { bytes: put(Buffer.alloc(0), 1 + draw(200)), what: `a piece less at ${at}` }
    case 7:
      return {
        bytes: put(bytes.subarray(at, at + 1 + draw(200)), 0),
        what: `a piece twice at ${at}`,
      }
    case 8:
      return { bytes: Buffer.from(`\ufeff${bytes.toString('latin1')}`, 'utf16le'), what: 'UTF-16' }
    default:
      return {
        bytes: Buffer.from(['', ' ', '\n', '\0', '[]', 'null'][draw(6)]),
        what: 'next to nothing',
      }
  }
}

/** The paths of a value and of all inside it. */
function pathsOf(value: Json, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path]
  return [path, ...Object.entries(value).flatMap(([key, each]) => pathsOf(each, [...path, key]))]
}

function valueAt(value: Json, path: Path): Json {
  return path.reduce<Json>((at, key) => (at as Record<string, Json>)[key], value)
}

function changed(value: Json, path: Path, to: unknown): Json {
  const [key, ...rest] = path
  if (key === undefined) return to as Json
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<
    string,
    Json
  >
  if (rest.length === 0 && to === undefined) {
    if (Array.isArray(copy)) copy.splice(Number(key), 1)
    else delete copy[key]
    return copy
  }
  copy[key] = changed(copy[key], rest, to)
  return copy
}

function short(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 40)
}
