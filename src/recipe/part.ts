import * as z from 'zod'
import { valueAt, withValue } from './value-path.ts'

/** Anything a recipe chooses by id and tunes with knobs: an optimiser, a method. */
export interface Part {
  readonly id: string
  readonly schema: z.ZodObject
}

/** An id and the knobs of what it names. */
export type PartSettings = { id: string; [knob: string]: unknown }

/**
 * The schema of `{ id, …knobs }` with the knobs of the part that `written` names, else of `fallback`. Of an unknown
 * id only the id is refused, since nobody can tell which knobs were meant.
 */
export function partSchema(
  parts: ReadonlyMap<string, Part>,
  written: unknown,
  fallback: string,
): z.ZodType<PartSettings> {
  const id = z
    .enum([...parts.keys()])
    .default(fallback)
    .describe('Its name.')
  const part = parts.get(String(valueAt(written, ['id']) ?? fallback))
  return part ? z.strictObject({ id, ...part.schema.shape }) : z.looseObject({ id })
}

/** `written` with a name at `path` written out as a mapping: `optimizer: adamw` as `optimizer: { id: adamw }`. */
export function expandAt(written: unknown, path: readonly string[]): unknown {
  const value = valueAt(written, path)
  return typeof value === 'string' ? withValue(written, [...path, 'id'], value) : written
}
