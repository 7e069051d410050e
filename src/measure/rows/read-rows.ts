import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { SourceRecord } from '../../data/parse-records.ts'
import { readRecords } from '../../data/read-records.ts'
import { UserError } from '../../error.ts'
import { readBoundedBytes, readBoundedText } from '../../files/bounded-file.ts'
import { mostRecordBytes, parseBoundedJson } from '../../files/bounded-json.ts'

/**
 * The rows of a file as objects: JSON, JSON lines or parquet. A JSON array of strings becomes rows of {text}.
 *
 * @throws UserError for a missing or damaged file
 */
export async function readRows(path: string): Promise<SourceRecord[]> {
  if (path.endsWith('.parquet') && existsSync(path)) return parquetRows(path)
  if (path.endsWith('.json') && existsSync(path)) {
    const text = readBoundedText(path)
    if (/^\s*\[\s*"/.test(text)) return textRows(text, path)
  }
  return readRecords(path)
}

/** The rows that have these values. */
export function rowsWith(
  rows: readonly SourceRecord[],
  where: Readonly<Record<string, unknown>>,
): SourceRecord[] {
  const wanted = Object.entries(where)
  return rows.filter(({ value }) => wanted.every(([field, of]) => value[field] === of))
}

/** The choice of rows for a message: ` with task = "Task1"`, nothing where all rows are wanted. */
export function describeWhere(where: Readonly<Record<string, unknown>>): string {
  const parts = Object.entries(where).map(([field, value]) => `${field} = ${JSON.stringify(value)}`)
  return parts.length > 0 ? ` with ${parts.join(', ')}` : ''
}

/**
 * The first of the names that is in the folder, as a path; null where none is.
 */
export function findFile(folder: string, names: string | readonly string[]): string | null {
  const paths = [names].flat().map((name) => join(folder, name))
  return paths.find((path) => existsSync(path)) ?? null
}

/** Such a path; of the last name where none is there, for reading it names it, with what is near. */
export function expectedFile(folder: string, names: string | readonly string[]): string {
  return findFile(folder, names) ?? join(folder, [names].flat().at(-1) as string)
}

function textRows(text: string, file: string): SourceRecord[] {
  return (parseBoundedJson(text, file) as unknown[]).map((value, i) => ({
    file,
    line: i + 1,
    column: 1,
    value: { text: value },
    source: '',
  }))
}

async function parquetRows(file: string): Promise<SourceRecord[]> {
  const { parquetReadObjects } = await import('hyparquet')
  const { buffer } = Uint8Array.from(readBoundedBytes(file, mostRecordBytes))
  try {
    const rows = await parquetReadObjects({ file: buffer })
    return rows.map((value, i) => ({
      file,
      line: i + 1,
      column: 1,
      value: plain(value),
      source: '',
    }))
  } catch (error) {
    throw new UserError({
      code: 'not-parquet',
      path: file,
      expected: 'a parquet file that is whole, uncompressed or compressed with snappy',
      got: saidBy(error as Error),
    })
  }
}

/** What is damaged makes the library stumble, in words of its code: these are not for people. */
function saidBy(error: Error): string {
  const isCode = error instanceof TypeError || error instanceof RangeError
  return isCode || error.message.includes('undefined') ? 'another' : error.message
}

/** Parquet's whole numbers may come as big integers. */
function plain(row: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([key, value]) => [
      key,
      typeof value === 'bigint' ? Number(value) : value,
    ]),
  )
}
