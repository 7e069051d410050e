import { z } from 'zod'
import { choiceOf, type Role, roles } from './choice.ts'
import { defaultOf, ownFields, partFields } from './fields.ts'
import type { Method } from './method.ts'

/** One knob of a method, for help, documentation and pages. */
export interface KnobDescription {
  readonly name: string
  /** In words: `number > 0`, `cross-entropy | kl`. */
  readonly type: string
  readonly choices: readonly string[] | null
  /** null where it has none, that is, where leaving it out means something of its own. */
  readonly default: unknown
  readonly description: string
  /** What the knob belongs to: the method itself, or a part that can be chosen. */
  readonly part: { readonly role: 'method' | Role; readonly id: string }
}

/** Every knob of a method, the knobs of parts that are not the default too, choices first. */
export function knobsOf(method: Method): KnobDescription[] {
  const own: KnobDescription[] = Object.entries(ownFields(method)).map(([name, field]) =>
    describeField(name, field, { role: 'method', id: method.id }),
  )
  const ofParts = roles.flatMap((role) =>
    (choiceOf(method, role)?.choices ?? []).flatMap((id) =>
      Object.entries(partFields(method, role, id)).map(([name, field]) =>
        describeField(name, field, { role, id }),
      ),
    ),
  )
  return [...own, ...ofParts]
}

/** What a field accepts, in words: `number > 0`, `whole number ≥ 1`, `npo | ga`. */
export function typeText(field: z.ZodType): string {
  return jsonTypeText(z.toJSONSchema(field, { io: 'input' }))
}

type Json = z.core.JSONSchema.BaseSchema

function jsonTypeText(json: Json): string {
  if (json.enum) return json.enum.join(' | ')
  if (json.anyOf) return json.anyOf.map((option) => jsonTypeText(option as Json)).join(' | ')
  const words = json.type === 'integer' ? 'whole number' : String(json.type ?? 'value')
  const bounds = [
    json.exclusiveMinimum !== undefined && `> ${json.exclusiveMinimum}`,
    json.minimum !== undefined && json.minimum > Number.MIN_SAFE_INTEGER && `≥ ${json.minimum}`,
    json.exclusiveMaximum !== undefined && `< ${json.exclusiveMaximum}`,
    json.maximum !== undefined && json.maximum < Number.MAX_SAFE_INTEGER && `≤ ${json.maximum}`,
  ].filter((bound) => typeof bound === 'string')
  return [words, bounds.join(' and ')].filter(Boolean).join(' ')
}

function describeField(
  name: string,
  field: z.ZodType,
  part: KnobDescription['part'],
): KnobDescription {
  const choices = z.toJSONSchema(field, { io: 'input' }).enum
  return {
    name,
    type: typeText(field),
    choices: choices ? choices.map(String) : null,
    default: defaultOf(field),
    description: String(field.description),
    part,
  }
}
