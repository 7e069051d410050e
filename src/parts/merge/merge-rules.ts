import { linear } from './linear.ts'
import type { MergeRule } from './merge-rule.ts'
import { ties } from './ties.ts'

/** Every way to merge by its id. */
export const mergeRules: ReadonlyMap<string, MergeRule> = new Map(
  [ties, linear].map((rule): [string, MergeRule] => [rule.id, rule]),
)
