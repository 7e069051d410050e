import * as z from 'zod'
import type { DefinitionKind } from '../definition.ts'
import type { Problem } from '../error.ts'
import { describeValue } from './value-path.ts'

const text = z.string().min(1)
const fn = z.custom((value) => typeof value === 'function', 'a function')
const list = z.array(z.string())
const knobs = z.custom((value) => value instanceof z.ZodObject, 'a zod object')
const sourced = { id: text.regex(/^[\w./-]+$/), title: text, source: text }
const part = { ...sourced, formula: text, schema: knobs }

/** What of a definition must be there for it to be usable at all; the suites of `lethe/testing` look closer. */
const shapes: Readonly<Record<DefinitionKind, z.ZodObject>> = {
  loss: z.looseObject({
    ...part,
    goal: z.enum(['forget', 'retain']),
    reduction: z.enum(['token-mean', 'sequence-sum', 'sequence-mean']),
    needs: z.looseObject({}),
    build: fn,
  }),
  combiner: z.looseObject({
    ...part,
    gradients: z.enum(['fused', 'separate']),
    init: fn,
    coefficients: fn,
  }),
  optimizer: z.looseObject({
    ...part,
    slots: list,
    scalarNames: list,
    scalars: fn,
    update: fn,
    updateArrays: fn,
  }),
  estimator: z.looseObject({ ...part, directions: fn, smoothing: fn, needs: z.looseObject({}) }),
  'token selector': z.looseObject({
    ...part,
    when: z.enum(['start', 'step']),
    needs: z.looseObject({}),
    weigh: fn,
  }),
  'example selector': z.looseObject({ ...part, needsOther: z.boolean(), weigh: fn }),
  'merge rule': z.looseObject({ ...part, merge: fn }),
  'edit rule': z.looseObject({
    ...part,
    summary: text,
    defects: list,
    caution: text,
    figures: z.looseObject({}),
    needs: fn,
    edit: fn,
  }),
  method: z.looseObject({
    ...sourced,
    summary: text,
    losses: z.looseObject({}),
    combiner: z.looseObject({}),
    defaults: z.looseObject({}),
    fixed: z.looseObject({}),
    variants: z.looseObject({}),
    settings: z.array(z.looseObject({})),
    defects: list,
  }),
  metric: z.looseObject({
    ...sourced,
    title: z.union([text, fn]),
    description: z.union([text, fn]),
    unit: text,
    schema: z.custom((value) => value instanceof z.ZodType, 'a zod schema'),
    sets: fn,
    score: fn,
    value: fn,
  }),
  benchmark: z.looseObject({
    id: sourced.id,
    title: text,
    sets: z.looseObject({}),
    metrics: z.looseObject({}),
  }),
}

/** What a definition lacks; knobs need a description, and a default where leaving them out must mean something. */
export function shapeProblems(kind: DefinitionKind, definition: object): Problem[] {
  const { id } = definition as { id?: unknown }
  const name = `${kind} ${typeof id === 'string' ? id : '(without an id)'}`
  const parsed = shapes[kind].safeParse(definition)
  if (!parsed.success)
    return parsed.error.issues.map((issue) => ({
      code: 'bad-definition',
      path: `${name}: ${issue.path.join('.')}`,
      expected: issue.message,
      got: describeValue(issue.path.reduce<unknown>(memberOf, definition)),
    }))
  const { schema } = definition as { schema?: unknown }
  if (!(schema instanceof z.ZodObject)) return []
  return Object.entries(schema.shape as Record<string, z.ZodType>)
    .filter(([, knob]) => !knob.description)
    .map(([knob]) => ({
      code: 'bad-definition',
      path: `${name}: schema.${knob}`,
      expected: 'a knob with a description',
      got: 'none',
      hint: "Add .describe('what it does')",
    }))
}

function memberOf(value: unknown, key: PropertyKey): unknown {
  return (value as Record<PropertyKey, unknown> | undefined)?.[key]
}
