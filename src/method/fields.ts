import { z } from 'zod'
import { type Choice, choiceOf, type Role, roles } from './choice.ts'
import type { Method } from './method.ts'

/** `forgetLoss`, `retainLoss`, `combiner`, where there is something to choose. */
export function choiceFields(method: Method): Record<string, z.ZodType> {
  const fields: Record<string, z.ZodType> = {}
  for (const role of roles) {
    const choice = choiceOf(method, role)
    if (!choice || choice.choices.length < 2) continue
    fields[role] = z.enum(choice.choices).default(choice.default).describe(choiceText[role])
  }
  return fields
}

/** `variant`, where there is one; leaving it out means the formula as published. */
export function variantField(
  method: Method,
  variants: readonly string[],
): Record<string, z.ZodType> {
  if (variants.length === 0) return {}
  const text = variants.map((variant) => `${variant}: ${method.variants[variant]}`).join('; ')
  return { variant: z.enum(variants).optional().describe(text) }
}

/** The fields that belong to the method itself. */
export function ownFields(method: Method): Record<string, z.ZodType> {
  return { ...choiceFields(method), ...variantField(method, Object.keys(method.variants)) }
}

const choiceText: Record<Role, string> = {
  forgetLoss: 'what is minimised on the forget set',
  retainLoss: 'what is minimised on the retain set',
  combiner: 'how the two gradients become one direction',
}

/** The knobs of one part as this method offers them: without those it fixes, with its own defaults. */
export function partFields(method: Method, role: Role, id: string): Record<string, z.ZodType> {
  const fields: Record<string, z.ZodType> = {}
  for (const [name, field] of Object.entries(method.part(role, id).schema.shape)) {
    if (name === 'variant' || name in method.fixed) continue
    const fallback = method.defaults[name]
    fields[name] =
      fallback === undefined
        ? (field as z.ZodType)
        : withDefault(field as z.ZodType, fallback).describe(String(field.description))
  }
  return fields
}

/** The knobs of all parts of a choice at once, optional: what is left to say while the part itself is not known. */
export function choiceKnobs(method: Method, role: Role, choice: Choice): Record<string, z.ZodType> {
  const found = new Map<string, { id: string; field: z.ZodType }[]>()
  for (const id of choice.choices)
    for (const [name, field] of Object.entries(partFields(method, role, id)))
      found.set(name, [...(found.get(name) ?? []), { id, field }])
  return Object.fromEntries([...found].map(([name, owners]) => [name, mergeFields(owners)]))
}

/** One field for a knob that several parts have, each with its own default and meaning. */
export function mergeFields(owners: readonly { id: string; field: z.ZodType }[]): z.ZodType {
  const inner = owners.map(({ field }) => withoutDefault(field))
  const defaults = new Set(owners.map(({ field }) => defaultOf(field)))
  const isShared = owners.every(({ field }) => field === owners[0].field)
  const description = isShared
    ? String(owners[0].field.description)
    : owners.map(({ id, field }) => `${id}: ${field.description}`).join('; ')
  const [fallback] = defaults
  return (isShared ? inner[0] : z.union(inner)).optional().meta({
    description,
    ...(defaults.size === 1 && fallback !== null ? { default: fallback } : {}),
  })
}

/** The flat schema of a method with every choice open. */
export function flatFields(method: Method): z.ZodObject {
  const id = z.literal(method.id).describe(method.title)
  const fields = Object.entries(ownFields(method)).map(([name, field]) => [
    name,
    mergeFields([{ id: method.id, field }]),
  ])
  const knobs = roles.map((role) => {
    const choice = choiceOf(method, role)
    return choice ? choiceKnobs(method, role, choice) : {}
  })
  return z.strictObject(Object.assign({ id }, Object.fromEntries(fields), ...knobs))
}

function withoutDefault(field: z.ZodType): z.ZodType {
  if (field instanceof z.ZodDefault || field instanceof z.ZodOptional)
    return withoutDefault(field.unwrap() as z.ZodType)
  return field
}

function withDefault(field: z.ZodType, value: unknown): z.ZodType {
  return withoutDefault(field).default(value as never)
}

/** What a field is when it is left out; null for nothing. */
export function defaultOf(field: z.ZodType): unknown {
  const result = field.safeParse(undefined)
  return result.success ? (result.data ?? null) : null
}
