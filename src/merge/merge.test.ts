import { describe, expect, it } from 'vitest'
import { linear, mergeRules, ties } from './index.ts'

const f = (...values: number[]) => Float32Array.from(values)

describe.each([...mergeRules])('merge rule %s', (id, rule) => {
  const knobs = rule.schema.parse({})

  it('says what it is', () => {
    expect(rule.id).toBe(id)
    for (const knob of Object.values(rule.schema.shape)) expect(knob.description).toBeTruthy()
  })

  it('of one model, all of whose changes are kept, is that model', () => {
    const all = 'density' in rule.schema.shape ? { density: 1 } : knobs
    expect(rule.merge(f(1, 2, 3), [f(1.5, 2, 1)], [1], all)).toEqual(f(1.5, 2, 1))
  })

  it('of unchanged models is the base', () => {
    expect(rule.merge(f(1, 2), [f(1, 2), f(1, 2)], [1, 1], knobs)).toEqual(f(1, 2))
  })
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

  it('weights count in the election and in the mean', () => {
    const tuned = [f(1, 1, 0, 0), f(-2, 1, 0, 0)]
    expect(ties.merge(base, tuned, [4, 1], { density: 1 })).toEqual(f(4, 2.5, 0, 0))
  })

  it('leaves an entry alone whose changes cancel', () => {
    expect(ties.merge(base, [f(1, 1, 0, 0), f(-1, 1, 0, 0)], [1, 1], { density: 1 })[0]).toBe(0)
  })
})
