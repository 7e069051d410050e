import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { readStoredJson } from '../files/stored-json.ts'
import { type MetricsFile, metricsSchema } from './metrics-file.ts'
import type { RunFolder } from './run-folder.ts'

/** What was measured of a GGUF file that was made of a run. */
export interface MeasuredGguf {
  /** `takedown-Q8_0.gguf` */
  readonly name: string
  /** what its matrices are held as: `Q8_0` */
  readonly type: string
  /** bits of a number of these, without the scales of blocks */
  readonly bits: number
  /** `before`: the model folder that it was made of; `after`: the file, read back */
  readonly metrics: MetricsFile
}

/** Where a GGUF file's records and numbers go; touches no file. */
export function measuredGgufAt(
  { gguf }: RunFolder,
  name: string,
): { readonly samples: string; readonly measured: string } {
  return { samples: join(gguf, `${name}.samples.jsonl`), measured: join(gguf, `${name}.json`) }
}

const schema = z.looseObject({
  name: z.string(),
  type: z.string(),
  bits: z.number(),
  metrics: metricsSchema,
})

/** The GGUF files of a run that were measured, by name. @throws UserError where a file is damaged */
export function measuredGgufs({ gguf }: RunFolder): MeasuredGguf[] {
  if (!existsSync(gguf)) return []
  return readdirSync(gguf)
    .filter((name) => name.endsWith('.gguf.json'))
    .sort()
    .map((name) => readStoredJson<MeasuredGguf>(join(gguf, name), schema))
}
