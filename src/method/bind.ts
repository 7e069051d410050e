import type { z } from 'zod'
import { choiceOf, closeChoice, type MethodParts, partFinder, roles } from './choice.ts'
import { flatFields } from './fields.ts'
import type { Method, MethodDeclaration } from './method.ts'
import { costOf } from './method-cost.ts'

/**
 * Puts a declared method among parts: closes its choices, checks it, and derives its schema and cost.
 *
 * @throws Error (internal) where it names a part, a knob or a variant that does not exist, or where a knob has the
 * same name in two roles and is not the same in both, so that a flat recipe could not tell them apart
 */
export function bindMethod(declaration: MethodDeclaration, parts: MethodParts): Method {
  const { losses, combiner } = declaration
  const part = partFinder(parts)
  const own = {
    ...declaration,
    losses: {
      forget: closeChoice(losses.forget, 'forgetLoss', parts),
      retain: losses.retain && closeChoice(losses.retain, 'retainLoss', parts),
    },
    combiner: closeChoice(combiner, 'combiner', parts),
  }
  let schema: z.ZodObject | undefined
  const method: Method = {
    ...own,
    // Made when it is asked for: most commands read one method, and all schemas together take a noticeable time.
    get schema() {
      schema ??= flatFields(method)
      return schema
    },
    get cost() {
      return costOf(
        part('forgetLoss', own.losses.forget.default),
        own.losses.retain && part('retainLoss', own.losses.retain.default),
        part('combiner', own.combiner.default),
      )
    },
    part,
  }
  check(method)
  return method
}

/** Methods by id, in their order. */
export function bindMethods(
  declarations: readonly MethodDeclaration[],
  parts: MethodParts,
): ReadonlyMap<string, Method> {
  return new Map(
    declarations.map((declaration) => [declaration.id, bindMethod(declaration, parts)]),
  )
}

function check(method: Method): void {
  const { id, defaults, fixed, variants } = method
  const fail = (what: string) => {
    throw new Error(`internal: method ${id}: ${what}`)
  }
  const owners = new Map<string, { role: string; part: string; field: unknown }>()
  const knownVariants = new Set<string>()
  for (const role of roles) {
    const choice = choiceOf(method, role)
    if (!choice) continue
    if (!choice.choices.includes(choice.default)) fail(`${choice.default} is no choice of ${role}`)
    for (const part of choice.choices.map((name) => method.part(role, name))) {
      for (const variant of part.variants ?? []) knownVariants.add(variant)
      for (const [knob, field] of Object.entries(part.schema.shape)) {
        if (knob === 'variant') continue
        const owner = owners.get(knob) ?? { role, part: part.id, field }
        if (owner.role !== role && (owner.part === part.id || owner.field !== field))
          fail(`${knob} is a knob of ${owner.role} and of ${role}`)
        owners.set(knob, owner)
      }
    }
  }
  for (const knob of [...Object.keys(defaults), ...Object.keys(fixed)])
    if (!owners.has(knob)) fail(`no part has the knob ${knob}`)
  for (const variant of Object.keys(variants))
    if (!knownVariants.has(variant)) fail(`no part has the variant ${variant}`)
}
