import type { EditRule } from './edit-rule.ts'
import { unierase } from './unierase.ts'

export { describeEdit, type EditDescription } from './describe.ts'
export type { EditRule } from './edit-rule.ts'
export { unierase } from './unierase.ts'

/** Every way to edit by its id. */
export const editRules: ReadonlyMap<string, EditRule> = new Map(
  [unierase].map((rule): [string, EditRule] => [rule.id, rule as unknown as EditRule]),
)
