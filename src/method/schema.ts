import { z } from 'zod'
import { choiceOf, roles } from './choice.ts'
import { choiceFields, choiceKnobs, partFields, variantField } from './fields.ts'
import type { Method } from './method.ts'
import { builtInMethods, type MethodRegistry } from './methods.ts'

/** The `method` section of a recipe: an id, choices of parts and knobs, flat. */
export type MethodSettings = { id: string; [knob: string]: unknown }

/**
 * The schema of any `method` section: one alternative per method, told apart by `id`, every knob of every choice
 * optional. For editors (JSON Schema) and documentation; it fills in no defaults.
 */
export function methodSchema({ methods }: MethodRegistry = builtInMethods): z.ZodType {
  const [first, ...rest] = [...methods.values()].map((method) => method.schema)
  return z.discriminatedUnion('id', [first, ...rest] as never)
}

/**
 * The schema of the `method` section that is written: strict, with the knobs of the chosen parts only, and with their
 * defaults.
 *
 * Of an unknown method only the id is refused, since nobody can tell which knobs were meant; where a choice is unknown,
 * the knobs of all its alternatives are accepted.
 */
export function methodSchemaFor(
  written: unknown,
  { methods }: MethodRegistry = builtInMethods,
): z.ZodType<MethodSettings> {
  const settings = mapping(written)
  const method = methods.get(String(settings.id))
  const id = z.enum([...methods.keys()]).describe('the unlearning method')
  if (!method) return z.looseObject({ id })
  return z.strictObject({ id, ...fieldsFor(method, settings) })
}

function fieldsFor(method: Method, settings: Record<string, unknown>): Record<string, z.ZodType> {
  const choices = choiceFields(method)
  const knobs: Record<string, z.ZodType> = {}
  const variants = new Set<string>()
  for (const role of roles) {
    const choice = choiceOf(method, role)
    if (!choice) continue
    const chosen = role in choices ? (settings[role] ?? choice.default) : choice.default
    const known = choice.choices.includes(String(chosen))
    Object.assign(
      knobs,
      known ? partFields(method, role, String(chosen)) : choiceKnobs(method, role, choice),
    )
    for (const part of known ? [String(chosen)] : choice.choices)
      for (const variant of method.part(role, part).variants ?? [])
        if (variant in method.variants) variants.add(variant)
  }
  return { ...choices, ...variantField(method, [...variants]), ...knobs }
}

/** The value as a mapping; empty where it is something else. */
export function mapping(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {}
}
