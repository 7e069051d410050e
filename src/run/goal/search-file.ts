import { existsSync } from 'node:fs'
import { z } from 'zod'
import { writeFileAtomic } from '../../files/atomic.ts'
import { readStoredJson } from '../../files/stored-json.ts'

const share = z.number().nullable()

const standing = z.strictObject({
  forgotten: share,
  left: z.number(),
  avoided: z.number(),
  retain: share,
  general: share,
})

const course = z.strictObject({
  share: z.number(),
  // Runs before there was one grew as fast everywhere.
  ceiling: z.number().default(8),
  rateFactor: z.number(),
})

const trial = z.strictObject({
  rate: z.number(),
  /** looks in order, by the steps made before each */
  looks: z.array(z.strictObject({ step: z.number(), standing, course })),
  /** why it goes no further; null while it may */
  ended: z.string().nullable(),
})

const schema = z.strictObject({
  /** of this run, over all its stops */
  secondsUsed: z.number(),
  /** measured before training; what is needed after it again */
  measuringSeconds: z.number(),
  trials: z.array(trial),
  /** positions that went through the model in training, of all trials */
  tokens: z.number(),
  /** rates that are still in the race, the best first */
  order: z.array(z.number()),
  /** steps up to which each of `order` has gone or goes */
  stageSteps: z.number(),
  /** the best state on any path; null before there is one better than the start */
  best: z.strictObject({ rate: z.number(), step: z.number(), standing }).nullable(),
  /** why training ended; null while it goes on */
  ended: z.enum(['reached', 'time', 'steps', 'stuck', 'already', 'nothing-known']).nullable(),
})

/** What a search for settings has found so far, as `goal/search.json` keeps it. */
export type Search = z.output<typeof schema>
export type Trial = z.output<typeof trial>
export type SearchEnd = NonNullable<Search['ended']>

/** @returns null where none was begun; @throws UserError where the file is damaged */
export function readSearch(path: string): Search | null {
  return existsSync(path) ? readStoredJson(path, schema) : null
}

/** Writes it, whole or not at all. */
export async function writeSearch(path: string, search: Search): Promise<void> {
  await writeFileAtomic(path, `${JSON.stringify(search, null, 2)}\n`)
}
