import type { EditRule } from './edit-rule.ts'
import { unierase } from './unierase.ts'

/** Every way to edit by its id. */
export const editRules: ReadonlyMap<string, EditRule> = new Map(
  [unierase].map((rule): [string, EditRule] => [rule.id, rule as unknown as EditRule]),
)
