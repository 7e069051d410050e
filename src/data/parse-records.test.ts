import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { formatProblem, UserError } from '../error.ts'
import { uniform } from '../math/random.ts'
import { jsonFault } from './json-scan.ts'
import { keyPosition, parseRecords } from './parse-records.ts'
import { readRecords } from './read-records.ts'
import { badByte } from './utf8.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const values = (text: string, file = 'a.jsonl') =>
  parseRecords(bytes(text), file).records.map(({ value, line, column }) => [value, line, column])
const complaints = (data: Uint8Array | string, file = 'a.jsonl') =>
  parseRecords(typeof data === 'string' ? bytes(data) : data, file).problems.map(formatProblem)

test('JSON lines: one-line file without newline, CRLF, blank lines, byte order mark', () => {
  expect(values('{"text":"a"}')).toEqual([[{ text: 'a' }, 1, 1]])
  expect(values('\ufeff{"text":"a"}\r\n\r\n  {"text":"é"}\r\n')).toEqual([
    [{ text: 'a' }, 1, 1],
    [{ text: 'é' }, 3, 3],
  ])
})

test('a .json file may hold an array, {"data": [...]}, one object or JSON lines', () => {
  const rows = '[\n {"text": "a"},\n {"text":\n "b"}, {"text": "]"}]\n'
  const expected = [
    [{ text: 'a' }, 2, 2],
    [{ text: 'b' }, 3, 2],
    [{ text: ']' }, 4, 8],
  ]
  expect(values(rows, 'a.json')).toEqual(expected)
  expect(values(`{"version": {"data": 1}, "data":${rows}}`, 'a.json')).toEqual([
    ...expected.slice(0, 2),
    [{ text: ']' }, 4, 8],
  ])
  expect(values('{\n"text": "a"\n}', 'a.json')).toEqual([[{ text: 'a' }, 1, 1]])
  expect(values('{"text":"a"}\n{"text":"b"}', 'a.json')).toEqual([
    [{ text: 'a' }, 1, 1],
    [{ text: 'b' }, 2, 1],
  ])
})

test('an empty file, blank lines only and an empty array are errors', () => {
  expect(complaints('')).toEqual(['a.jsonl:1:1: expected at least one record, got an empty file'])
  expect(complaints('\n \n')).toEqual(['a.jsonl:1:1: expected at least one record, got none'])
  expect(complaints('[]', 'a.json')).toEqual(['a.json:1:1: expected at least one record, got none'])
  expect(complaints('{"data": []}', 'a.json')).toHaveLength(1)
})

test('every broken line is reported at the column where it breaks', () => {
  const text = '{"a": 1}\n{"a": }\n{"a": 1\n{\'a\': 1}\n{"a": "x\ty"}\n[1]\nyes\n{"a":1} {"b":2}\n'
  expect(complaints(text)).toEqual([
    'a.jsonl:2:7: expected a JSON value, got "}"',
    'a.jsonl:3:8: expected "," or "}", got the end of the record',
    `a.jsonl:4:2: expected a key in double quotes, got "'". JSON writes strings in double quotes`,
    'a.jsonl:5:9: expected a closing quote, or control characters escaped (\\n, \\t), got "\\t"',
    'a.jsonl:6:1: expected an object such as {"question": …, "answer": …}, got an array',
    'a.jsonl:7:1: expected a JSON value, got "y". Each record is a JSON object such as {"text": …}',
    'a.jsonl:8:9: expected nothing after the JSON value, got "{"',
  ])
  expect(parseRecords(bytes(text), 'a.jsonl').records).toHaveLength(1)
})

test('a broken .json array is reported at its line and column', () => {
  expect(complaints('[\n  {"a": 1},\n  {"a": 1,}\n]', 'a.json')).toEqual([
    'a.json:3:11: expected a key in double quotes, got "}"',
  ])
})

test('the fault finder agrees with JSON.parse on damaged texts', () => {
  const base = '{"a": [1, -2.5e+3, "x\\n\\u00e9\\"", {"b": null}, [], {}], "c": true, "d": 01.e}'
  const alphabet = '{}[]",:0.-+eE\\nu tfx\n'
  const disagreed: string[] = []
  let broken = 0
  for (let i = 0; i < 4000; i++) {
    const chars = [...(i % 2 ? base.replace('01.e', '0.1') : base)]
    for (let k = 0; k < i % 4; k++) {
      const at = Math.floor(uniform(i, ['at'], k) * chars.length)
      chars[at] = alphabet[Math.floor(uniform(i, ['char'], k) * alphabet.length)]
    }
    const text = chars.join('')
    let valid = true
    try {
      JSON.parse(text)
    } catch {
      valid = false
      broken++
    }
    if ((jsonFault(text) === null) !== valid) disagreed.push(text)
  }
  expect(disagreed).toEqual([])
  expect(broken).toBeGreaterThan(1000)
  expect(jsonFault('['.repeat(200000))).toEqual({ offset: 200000, expected: 'a JSON value' })
})

test('bytes that are not UTF-8 are reported with the column of the first bad byte of each line', () => {
  const latin = Uint8Array.from([
    ...bytes('{"text":"ok"}\n{"text":"é caf'),
    0xe9,
    ...bytes('"}\n{"text":"'),
    0xff,
    ...bytes('"}'),
  ])
  expect(complaints(latin)).toEqual([
    'a.jsonl:2:15: expected UTF-8 text, got byte 0xe9. The file may be Latin-1 or damaged; save it as UTF-8',
    'a.jsonl:3:10: expected UTF-8 text, got byte 0xff. The file may be Latin-1 or damaged; save it as UTF-8',
  ])
  expect(complaints(latin, 'a.json')).toHaveLength(2)
  const utf16 = Uint8Array.from([0xff, 0xfe, 0x7b, 0, 0x7d, 0])
  expect(complaints(utf16)[0]).toContain('looks like UTF-16')
})

test('the UTF-8 check agrees with TextDecoder on random bytes', () => {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const marks = [0x41, 0x80, 0xbf, 0xc0, 0xc2, 0xe0, 0xa0, 0xed, 0x9f, 0xef, 0xf0, 0x90, 0xf4, 0xf5]
  const disagreed: string[] = []
  let valid = 0
  for (let i = 0; i < 20000; i++) {
    const sample = Uint8Array.from(
      { length: 1 + (i % 5) },
      (_, k) => marks[Math.floor(uniform(1, ['byte', i], k) * marks.length)],
    )
    const bad = badByte(sample)
    let accepted = true
    try {
      decoder.decode(sample)
    } catch {
      accepted = false
    }
    if (bad < 0 !== accepted) disagreed.push([...sample].join())
    // Throws where the bytes before the bad one are not valid themselves.
    if (bad >= 0) decoder.decode(sample.subarray(0, bad))
    else valid++
  }
  expect(disagreed).toEqual([])
  expect(valid).toBeGreaterThan(100)
})

test('a key is found in its record, across lines and with a value of the same name', () => {
  const { records } = parseRecords(
    bytes('[\n{"a": "\\"anwser\\": b",\n  "anwser" : "x"}]'),
    'a.json',
  )
  expect(keyPosition(records[0], 'anwser')).toEqual({ file: 'a.json', line: 3, column: 3 })
  expect(keyPosition(records[0], 'absent')).toEqual({ file: 'a.json', line: 2, column: 1 })
})

const folder = await mkdtemp(join(tmpdir(), 'lethe-data-'))
afterAll(() => rm(folder, { recursive: true }))

test('readRecords names the nearest file, a folder, and lists twenty problems and a count', async () => {
  await writeFile(join(folder, 'forget.jsonl'), '{"text":"a"}')
  await mkdir(join(folder, 'sets'))
  expect(await readRecords(join(folder, 'forget.jsonl'))).toHaveLength(1)
  await expect(readRecords(join(folder, 'forgt.jsonl'))).rejects.toThrow(
    'got no such file. Did you mean "forget.jsonl"?',
  )
  await expect(readRecords(join(folder, 'other.jsonl'))).rejects.toThrow(
    'got no such file. The folder has forget.jsonl',
  )
  await expect(readRecords(join(folder, 'sets'))).rejects.toThrow('got a folder')
  await expect(readRecords(join(folder, 'none', 'a.jsonl'))).rejects.toThrow('got no folder')
  await writeFile(join(folder, 'broken.jsonl'), '{\n'.repeat(50))
  const error = await readRecords(join(folder, 'broken.jsonl')).catch((caught) => caught)
  expect(error).toBeInstanceOf(UserError)
  expect((error as UserError).problems).toHaveLength(21)
  expect((error as UserError).problems[20].got).toBe('the first 20: 30 more like these')
})
