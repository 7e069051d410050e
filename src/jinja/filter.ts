import { getItem } from './attributes.ts'
import type { Budget } from './budget.ts'
import { type Call, Undefined, type Value } from './value.ts'

/** What filters need of the interpreter. */
export interface FilterContext {
  readonly budget: Budget
  filter(name: string, value: Value, call: Call): Value
  test(name: string, value: Value, call: Call): boolean
}

export type Filter = (value: Value, call: Call, context: FilterContext) => Value

/** `value.a.0.b`, for filters that read an attribute of each item. */
export function attributeGetter(attribute: Value, otherwise?: Value): (item: Value) => Value {
  const parts =
    typeof attribute === 'string'
      ? attribute.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part))
      : [attribute]
  return (item) => {
    let found = item
    for (const part of parts) {
      found = getItem(found, part)
      if (found instanceof Undefined && otherwise !== undefined) found = otherwise
    }
    return found
  }
}
