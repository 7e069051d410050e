import * as z from 'zod'
import { isMapping } from '../../files/mapping.ts'
import type { Conflict, FileReference } from '../examine-recipe.ts'
import type { Brought } from '../provenance.ts'
import type { Registry } from '../registry.ts'
import { valueAt } from '../value-path.ts'

/** Learning rates that are tried where the recipe names none, for models of millions to billions of parameters. */
const usualRates = [1e-4, 3e-4, 1e-3, 3e-3]

const duration = /^(\d+(?:\.\d+)?)\s*(s|min|m|h)$/

const secondsPer: Readonly<Record<string, number>> = { s: 1, m: 60, min: 60, h: 3600 }

/** The seconds of a duration as recipes write it: `90s`, `30m`, `2h`. */
export function secondsOf(text: string): number {
  const [, count, unit] = duration.exec(text) ?? []
  return Number(count) * secondsPer[unit]
}

/** `goal`: what is to be reached, in place of settings that only sometimes reach it. */
export const goalSection = z
  .strictObject({
    forget: z
      .enum(['ignorance'])
      .default('ignorance')
      .describe(
        'How much: each answer as unlikely as to somebody who never knew it, and no less likely.',
      ),
    keep: z
      .number()
      .gt(0)
      .max(1)
      .default(0.95)
      .describe(
        'Share of what it knew that must stay, of retain rows that took no part and of general questions; no loss is made good by a gain.',
      ),
    within: z
      .string()
      .regex(duration, 'a number with s, m or h')
      .default('30m')
      .describe('Time for all of it, measuring included: 90s, 30m, 2h.'),
    steps: z
      .number()
      .int()
      .positive()
      .nullable()
      .default(null)
      .describe(
        'Steps of all trials together, with the round in which they are up, so that what comes out does not hang on how fast the machine is; null: only the time counts.',
      ),
    general: z
      .boolean()
      .default(true)
      .describe(
        'Whether the starting model’s own answers to general prompts that ship train beside the retain rows, so that it goes on speaking as it did; with retain: auto they do anyway.',
      ),
    neverTrained: z
      .string()
      .min(1)
      .nullable()
      .default(null)
      .describe(
        'A model that never saw the forget set, whose answers say what ignorance is; null: the starting model’s own, about invented subjects.',
      ),
    rates: z
      .array(z.number().positive())
      .min(1)
      .default(usualRates)
      .describe('Learning rates to choose from.'),
  })
  .optional()
  .describe(
    'What is to be reached. What the recipe does not say otherwise is found by short trials.',
  )

export type Goal = NonNullable<z.output<typeof goalSection>>

/** The method of a recipe that has a goal and names none. */
export function goalMethod(written: unknown): Brought[] {
  const isOpen = (valueAt(written, ['method']) ?? null) === null
  return isMapping(valueAt(written, ['goal'])) && isOpen
    ? [{ at: ['method'], value: { id: 'level' }, by }]
    : []
}

const by = 'the goal'

/** What a goal brings along besides, where neither the recipe nor its method says. */
export function goalDefaults(written: unknown): Brought[] {
  const goal = valueAt(written, ['goal'])
  if (!isMapping(goal)) return []
  const train = (key: string) => valueAt(written, ['train', key])
  const rate = train('learningRate')
  const rates = valueAt(goal, ['rates'])
  const values: (readonly [isOpen: boolean, at: readonly string[], value: unknown])[] = [
    [train('parameters') === undefined, ['train', 'parameters'], 'auto'],
    // The goal ends the run, or its time does.
    [(train('epochs') ?? train('steps') ?? null) === null, ['train', 'epochs'], 1000],
    [
      rate === undefined,
      ['train', 'learningRate'],
      Array.isArray(rates) ? rates[0] : usualRates[0],
    ],
    [typeof rate === 'number' && rates === undefined, ['goal', 'rates'], [rate]],
  ]
  return values.flatMap(([isOpen, at, value]) => (isOpen ? [{ at, value, by }] : []))
}

/** A forget loss that goes by ignorance, where no goal finds out what that is. */
export function goalConflicts(written: unknown, { methods }: Registry): Conflict[] {
  if (isMapping(valueAt(written, ['goal']))) return []
  const method = methods.get(String(valueAt(written, ['method', 'id'])))
  const loss = valueAt(written, ['method', 'forgetLoss']) ?? method?.losses.forget.default
  if (!method?.losses.forget.choices.includes(String(loss))) return []
  if (method.part('forgetLoss', String(loss)).reference !== 'ignorance') return []
  return [
    {
      at: ['method', 'forgetLoss'],
      part: 'value',
      code: 'missing',
      expected: `a goal, since ${loss} goes by what somebody who never knew would say`,
      got: 'none',
      hint: 'Add goal: { forget: ignorance }, or take another forget loss',
    },
  ]
}

/** The model that it may name. */
export const goalFiles: readonly FileReference[] = [{ at: ['goal', 'neverTrained'], kind: 'model' }]
