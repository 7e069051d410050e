import { choiceOf, type Role, roles } from './choice.ts'
import { type KnobDescription, knobsOf } from './knobs.ts'
import type { Method } from './method.ts'

/** A method as plain data: what `lethe methods --json` prints and pages are made of. */
export interface MethodDescription extends Omit<Method, 'schema' | 'part'> {
  readonly knobs: readonly KnobDescription[]
  /** Every part that can be chosen. */
  readonly parts: readonly {
    readonly role: Role
    readonly id: string
    readonly isDefault: boolean
    readonly title: string
    readonly formula: string
    readonly source: string
  }[]
}

/** The declaration of a method with its parts and knobs spelled out; JSON. */
export function describeMethod(method: Method): MethodDescription {
  const { schema: _, part, ...declaration } = method
  const parts = roles.flatMap((role) => {
    const choice = choiceOf(method, role)
    return (choice?.choices ?? []).map((id) => {
      const { title, formula, source } = part(role, id)
      return { role, id, isDefault: id === choice?.default, title, formula, source }
    })
  })
  return { ...declaration, knobs: knobsOf(method), parts }
}
