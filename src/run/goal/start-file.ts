import { existsSync } from 'node:fs'
import { z } from 'zod'
import { writeFileAtomic } from '../../files/atomic.ts'
import { readStoredJson } from '../../files/stored-json.ts'

const nats = z.number()
const probabilities = z.array(z.number()).readonly().nullable()

const schema = z.strictObject({
  /** by forget row */
  levels: z.array(z.strictObject({ mean: nats, spread: nats, tokens: z.array(nats).readonly() })),
  /** by asked answer, of the starting model */
  surprises: z.array(nats),
  /** probabilities of facts, of the starting model: of the rows that each look judges by, and of those for the report */
  kept: z.strictObject({
    choose: z.strictObject({ retain: probabilities, general: probabilities }),
    report: z.strictObject({ retain: probabilities, general: probabilities }),
  }),
  /** what drawn answers say of the facts; null where nothing was known, and in runs before it was asked */
  sampled: z
    .strictObject({
      /** places in `asked`, one for each draw */
      places: z.array(z.number()).readonly(),
      /** share of the fact that the draw says, of the starting model */
      said: z.array(z.number()).readonly(),
      /** the same about invented subjects */
      chance: z.array(z.number()).readonly(),
    })
    .nullable()
    .default(null),
})

/** What the starting model knows and what ignorance would be, as `goal/start.json` keeps it. */
export type GoalStart = z.output<typeof schema>

/** @returns null where it is not there yet; @throws UserError where the file is damaged */
export function readGoalStart(path: string): GoalStart | null {
  return existsSync(path) ? readStoredJson(path, schema) : null
}

/** Writes it, whole or not at all. */
export async function writeGoalStart(path: string, start: GoalStart): Promise<void> {
  await writeFileAtomic(path, `${JSON.stringify(start)}\n`)
}
