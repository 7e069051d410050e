import type { EditRule } from './edit-rule.ts'
import { unierase } from './unierase.ts'

const all = [unierase]

/** Every way to edit by its id. */
export const editRules: ReadonlyMap<string, EditRule> = new Map(
  all.map((rule): [string, EditRule] => [rule.id, rule]),
)
