import type { Position, Problem } from '../error.ts'
import { nestingProblem } from '../files/bounded-json.ts'
import { type JsonFault, jsonChildren, jsonFault } from './json-scan.ts'
import { type TextLine, utf8Lines } from './utf8.ts'

/** One object of a data file, with its place. */
export interface SourceRecord {
  file: string
  /** 1-based, of the record's first character */
  line: number
  column: number
  value: Record<string, unknown>
  /** The record's own text, for the position of a key. */
  source: string
}

/**
 * Reads the records of a data file from its bytes.
 *
 * A name ending in `.json` may hold an array, `{"data": [...]}`, one object, or JSON lines; every other name is read
 * as JSON lines (one object a line, blank lines skipped). UTF-8 is strict; a byte order mark is tolerated.
 *
 * @returns all readable records and every problem found (not thrown, so that a caller can add its own)
 */
export function parseRecords(
  bytes: Uint8Array,
  file: string,
): { records: SourceRecord[]; problems: Problem[] } {
  const { lines, problems } = utf8Lines(bytes, file)
  const records: SourceRecord[] = []
  const filled = lines.filter(({ text }) => text === null || text.trim() !== '')
  if (!file.toLowerCase().endsWith('.json') || looksLikeLines(filled)) {
    for (const { line, text } of filled)
      if (text !== null) {
        const column = leadingSpace(text) + 1
        addRecord(text.trim(), { file, line, column }, records, problems)
      }
  } else if (problems.length === 0)
    addWhole(lines.map((line) => line.text).join('\n'), file, records, problems)
  if (records.length === 0 && problems.length === 0)
    problems.push({
      code: 'empty-data',
      position: { file, line: 1, column: 1 },
      expected: 'at least one record',
      got: bytes.length === 0 ? 'an empty file' : 'none',
    })
  return { records, problems }
}

/** Several lines that all open an object: what a pretty-printed object or array never is. */
function looksLikeLines(filled: readonly TextLine[]): boolean {
  if (filled.length < 2) return false
  return filled.every(({ text }) => text === null || text.trimStart().startsWith('{'))
}

/** Where `key` stands in a record, or the record's start. */
export function keyPosition(record: SourceRecord, key: string): Position {
  const quoted = JSON.stringify(key).replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  const offset = new RegExp(`${quoted}\\s*:`).exec(record.source)?.index ?? 0
  return positionAt(record.source, offset, record)
}

/** A whole file that is one JSON value: an array, `{"data": [...]}` or a single record. */
function addWhole(text: string, file: string, records: SourceRecord[], problems: Problem[]) {
  const first = leadingSpace(text)
  if (first === text.length) return
  const origin = { file, line: 1, column: 1 }
  const fault = jsonFault(text)
  if (fault) {
    problems.push(faultProblem(text, fault, origin))
    return
  }
  const list = text[first] === '{' ? dataList(text, first) : text[first] === '[' ? first : null
  if (list === null) {
    addRecord(text.trim(), positionAt(text, first, origin), records, problems)
    return
  }
  let at: Position = origin
  let from = 0
  for (const { start, end } of jsonChildren(text, list)) {
    at = positionAt(text.slice(from, start), start - from, at)
    from = start
    addRecord(text.slice(start, end), at, records, problems)
  }
}

function dataList(text: string, first: number): number | null {
  const data = jsonChildren(text, first).find(({ key }) => key === 'data')
  return data && text[data.start] === '[' ? data.start : null
}

function addRecord(source: string, at: Position, records: SourceRecord[], problems: Problem[]) {
  const deep = nestingProblem(source, at)
  if (deep) {
    problems.push(deep)
    return
  }
  let value: unknown
  try {
    value = JSON.parse(source)
  } catch (error) {
    const fault = jsonFault(source)
    if (!fault) throw error
    problems.push(faultProblem(source, fault, at))
    return
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    records.push({ ...at, value: value as Record<string, unknown>, source })
  else
    problems.push({
      code: 'not-an-object',
      position: at,
      expected: 'an object such as {"question": …, "answer": …}',
      got: Array.isArray(value) ? 'an array' : value === null ? 'null' : `a ${typeof value}`,
    })
}

function faultProblem(text: string, fault: JsonFault, origin: Position): Problem {
  const char = [...text.slice(fault.offset, fault.offset + 2)][0]
  const hint =
    char === "'"
      ? 'JSON writes strings in double quotes'
      : fault.offset === 0 && fault.expected === 'a JSON value'
        ? 'Each record is a JSON object such as {"text": …}'
        : undefined
  return {
    code: 'broken-json',
    position: positionAt(text, fault.offset, origin),
    expected: fault.expected,
    got: char === undefined ? 'the end of the record' : JSON.stringify(char),
    ...(hint && { hint }),
  }
}

/** The position `offset` characters into a text that starts at `origin`. */
function positionAt(text: string, offset: number, origin: Position): Position {
  let { line, column } = origin
  for (let i = 0; i < offset; i++) {
    if (text[i] === '\n') {
      line++
      column = 1
    } else column++
  }
  return { file: origin.file, line, column }
}

function leadingSpace(text: string): number {
  return text.length - text.trimStart().length
}
