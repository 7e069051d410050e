import { openJsonLines, readJsonLines } from '../files/json-lines.ts'
import type { RecordedText, SampleRecord } from './record.ts'

// JSON has no −∞ (an impossible token) and no NaN (a broken model), and null could not tell them apart.
const storable = (value: number) => (Number.isFinite(value) ? value : String(value))
const number = (value: unknown) => (value === null ? Number.NaN : Number(value))

/** Appends records to a file, one a line. */
export interface RecordWriter {
  append(record: SampleRecord): void
  sync(): void
  close(): void
}

/**
 * Opens a file of records for appending; a last line that was cut off is removed.
 *
 * @throws UserError where it cannot be written
 */
export function openRecords(path: string): RecordWriter {
  const lines = openJsonLines(path)
  return {
    ...lines,
    append: (record) => lines.append({ ...record, texts: mapTexts(record.texts, storable) }),
  }
}

/**
 * Every record of a file, in order.
 *
 * @throws UserError where it is missing or damaged
 */
export function readRecordLines(path: string): SampleRecord[] {
  return (readJsonLines(path) as SampleRecord[]).map(revived)
}

/** A record as its line says it, with the numbers that JSON does not have. */
export function revived<R extends SampleRecord>(line: R): R {
  return { ...line, texts: mapTexts(line.texts, number) }
}

function mapTexts<To>(texts: SampleRecord['texts'], map: (value: number) => To) {
  const mapText = (text: RecordedText) => {
    const { logProbs, mean, variance, gradientNorms, patched } = text
    return {
      ...text,
      logProbs: logProbs.map(map),
      ...(mean && { mean: mean.map(map) }),
      ...(variance && { variance: variance.map(map) }),
      ...(gradientNorms && { gradientNorms: gradientNorms.map(map) }),
      ...(patched && { patched: { whole: map(patched.whole), layers: patched.layers.map(map) } }),
    }
  }
  return Object.fromEntries(Object.entries(texts).map(([name, list]) => [name, list.map(mapText)]))
}
