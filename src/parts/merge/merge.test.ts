import { describe, expect, it } from 'vitest'
import golden from '../../../test/golden/ties.json' with { type: 'json' }
import { linear } from './linear.ts'
import type { MergeRule } from './merge-rule.ts'
import { mergeRules } from './merge-rules.ts'
import { mergeRuleConformance } from './testing/merge-conformance.ts'
import { ties } from './ties.ts'

const f = (...values: number[]) => Float32Array.from(values)

describe.each([...mergeRules])('merge rule %s', (_, rule: MergeRule) => {
  const whole = 'density' in rule.schema.shape ? { density: 1 } : {}
  for (const { name, check } of mergeRuleConformance(rule, whole)) it(name, check)
})

it('linear adds the changes by weight', () => {
  expect(linear.merge(f(1, 1), [f(2, 1), f(1, 3)], [0.5, 2], {})).toEqual(f(1.5, 5))
})

describe('ties', () => {
  const base = f(0, 0, 0, 0)

  it('averages what agrees with the sign of the sum, and drops what does not', () => {
    const tuned = [f(1, 2, -1, 0), f(3, -1, -3, 0)]
    expect(ties.merge(base, tuned, [1, 1], { density: 1 })).toEqual(f(2, 2, -2, 0))
  })

  it('drops small changes of each tensor first', () => {
    const tuned = [f(4, 0.1, 3, 0.2)]
    expect(ties.merge(base, tuned, [1], { density: 0.5 })).toEqual(f(4, 0, 3, 0))
  })

  it('weights count in the mean, not in the election', () => {
    const tuned = [f(1, 1, 0, 0), f(-2, 1, 0, 0)]
    expect(ties.merge(base, tuned, [4, 1], { density: 1 })).toEqual(f(-2, 2.5, 0, 0))
  })

  it('elects plus where changes cancel', () => {
    expect(ties.merge(base, [f(1, 1, 0, 0), f(-1, 1, 0, 0)], [1, 1], { density: 1 })[0]).toBe(1)
  })

  it.each(golden.cases)('is PEFT’s, weights $weights, density $density', (each) => {
    const { models, weights, density, merged } = each
    const changes = golden.changes.slice(0, models).map((values) => f(...values))
    const found = ties.merge(new Float32Array(merged.length), changes, weights, { density })
    for (const [i, x] of merged.entries())
      expect(Math.abs(found[i] - x)).toBeLessThan(1e-6 * Math.max(1, Math.abs(x)))
  })
})
