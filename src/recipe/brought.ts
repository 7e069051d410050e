import { isMapping } from '../files/mapping.ts'
import type { Brought } from './provenance.ts'
import type { Registry } from './registry.ts'
import { goalDefaults, goalMethod } from './section/goal-section.ts'
import { valueAt, withValue } from './value-path.ts'

/** What a goal and the method bring along, where the recipe does not say: the goal a method, the method its own, the goal the rest. */
export function broughtDefaults(written: unknown, registry: Registry): Brought[] {
  const method = goalMethod(written)
  const withMethod = filled(written, method)
  const own = methodDefaults(withMethod, registry)
  return [...method, ...own, ...goalDefaults(filled(withMethod, own))]
}

/** A recipe with what is brought. */
export function filled(written: unknown, brought: readonly Brought[]): unknown {
  return brought.reduce((whole, { at, value }) => withValue(whole, at, value), written)
}

function methodDefaults(written: unknown, { methods }: Registry): Brought[] {
  const method = methods.get(String(valueAt(written, ['method', 'id'])))
  return Object.entries(method?.recipe ?? {}).flatMap(([section, keys]) =>
    // A missing retain set stays missing, and one section that is no mapping stays as wrong as it is.
    section === 'train' || isMapping(valueAt(written, [section]))
      ? Object.entries(keys)
          .map(([key, value]) => ({ at: [section, key], value, by: `method ${method?.id}` }))
          .filter(({ at }) => valueAt(written, at) === undefined)
      : [],
  )
}
