import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SampleRecord } from '../../src/measure/record.ts'

/** The records of an evaluation, to the byte. */
export function recordsText(folder: string): Promise<string> {
  return readFile(join(folder, 'records.jsonl'), 'utf8')
}

export async function recordsOf(folder: string): Promise<SampleRecord[]> {
  const lines = (await recordsText(folder)).trimEnd().split('\n')
  return lines.map((line) => JSON.parse(line))
}
