import assert from 'node:assert/strict'
import { type Check, partChecks } from '../../testing/part-checks.ts'
import type { MergeRule } from '../merge-rule.ts'

const f = (...values: number[]) => Float32Array.from(values)

/**
 * What every merge rule must hold to: of models that did not change it makes the base, and of one model, all of whose
 * changes are kept, that model.
 *
 * @param whole knobs by which all changes are kept; the defaults unless given
 */
export function mergeRuleConformance(rule: MergeRule, whole: object = {}): Check[] {
  return [
    ...partChecks(rule),
    {
      name: 'of one model, all of whose changes are kept, is that model',
      check() {
        const tuned = f(1.5, 2, 1)
        const merged = rule.merge(f(1, 2, 3), [tuned], [1], rule.schema.parse(whole))
        assert.deepEqual(merged, f(1.5, 2, 1))
        assert.deepEqual(tuned, f(1.5, 2, 1), 'expected the given tensors untouched')
      },
    },
    {
      name: 'of unchanged models is the base',
      check() {
        const knobs = rule.schema.parse({})
        assert.deepEqual(rule.merge(f(1, 2), [f(1, 2), f(1, 2)], [1, 1], knobs), f(1, 2))
      },
    },
  ]
}
