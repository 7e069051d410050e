import * as z from 'zod'
import { openJsonLines, readJsonLines } from '../files/json-lines.ts'
import type { RecordedText, SampleRecord } from './record.ts'

// JSON has no −∞ (an impossible token) and no NaN (a broken model), and null could not tell them apart.
const storable = (value: unknown) =>
  typeof value !== 'number' || Number.isFinite(value) ? value : String(value)
const odd = ['NaN', 'Infinity', '-Infinity'] as const
const number = (value: unknown) => {
  if (value === null) return Number.NaN
  return odd.includes(value as (typeof odd)[number]) ? Number(value) : value
}

const measured = z.union([z.number(), z.enum(odd), z.null()])
const measuredList = z.array(measured)
const record = z.looseObject({
  set: z.string(),
  index: z.number(),
  id: z.string().optional(),
  prompt: z.string(),
  texts: z.record(
    z.string(),
    z.array(
      z.looseObject({
        text: z.string(),
        logProbs: measuredList,
        firstChoice: z.string(),
        mean: measuredList.optional(),
        variance: measuredList.optional(),
        gradientNorms: measuredList.optional(),
        patched: z.looseObject({ whole: measured, layers: measuredList }).optional(),
      }),
    ),
  ),
  generated: z.string().optional(),
  reference: z.string().optional(),
  samples: z.array(z.string()).optional(),
  probes: z.looseObject({}).optional(),
  clean: z.number().optional(),
  gold: z.number().optional(),
})

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
    append: (record) => lines.append(mapNumbers(record, storable)),
  }
}

/**
 * Every record of a file, in order.
 *
 * @throws UserError where it is missing or damaged
 */
export function readRecordLines(path: string): SampleRecord[] {
  return readStoredRecords(path).map(revived)
}

/** The same as their lines say them. */
export function readStoredRecords(path: string): SampleRecord[] {
  return readJsonLines(path, { what: 'a record', fits: isRecord }) as SampleRecord[]
}

/** Whether a line is what every reader of records relies on. */
export function isRecord(value: unknown): boolean {
  return record.safeParse(value).success
}

/** A record as its line says it, with the numbers that JSON does not have. */
export function revived<R extends SampleRecord>(line: R): R {
  return mapNumbers(line, number)
}

/** A record with every leaf mapped of what was measured; texts that a model read or wrote stay what they are. */
function mapNumbers<R extends SampleRecord>(record: R, map: (value: unknown) => unknown): R {
  const mapText = (text: RecordedText): RecordedText => ({
    ...(mapLeaves(text, map) as RecordedText),
    ...{ text: text.text, firstChoice: text.firstChoice },
  })
  const texts = Object.fromEntries(
    Object.entries(record.texts).map(([name, list]) => [name, list.map(mapText)]),
  )
  const { probes } = record
  return { ...record, texts, ...(probes && { probes: mapLeaves(probes, map) }) }
}

function mapLeaves(value: unknown, map: (value: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => mapLeaves(each, map))
  if (typeof value !== 'object' || value === null) return map(value)
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, mapLeaves(each, map)]))
}
