import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { combiners } from '../parts/combine/combiners.ts'
import { losses } from '../parts/loss/losses.ts'
import { bindMethod } from './bind.ts'
import { only } from './choice.ts'
import { mergeFields } from './fields.ts'
import { gradDiff } from './grad-diff.ts'
import { knobsOf } from './knobs.ts'
import type { MethodDeclaration } from './method.ts'

function define(changes: Partial<MethodDeclaration>) {
  return bindMethod({ ...gradDiff, id: 'changed', ...changes }, { losses, combiners })
}

describe('bindMethod', () => {
  it('carries defaults of its own into schema and help', () => {
    const method = define({ defaults: { forgetWeight: 0.125 } })
    const json = z.toJSONSchema(method.schema, { io: 'input' })
    expect(json.properties?.forgetWeight).toMatchObject({ default: 0.125, minimum: 0 })
    const [knob] = knobsOf(method).filter(({ name }) => name === 'forgetWeight')
    expect(knob).toMatchObject({
      type: 'number ≥ 0',
      default: 0.125,
      part: { role: 'combiner', id: 'weighted' },
    })
  })

  it('hides the knobs it fixes', () => {
    const method = define({ fixed: { forgetWeight: 1 } })
    expect(method.schema.shape).not.toHaveProperty('forgetWeight')
    expect(method.schema.shape).toHaveProperty('retainWeight')
  })

  it.each([
    [{ combiner: only('nonsense') }, 'no combiner is called nonsense'],
    [{ losses: { forget: only('nonsense'), retain: null } }, 'no forgetLoss is called nonsense'],
    [
      { combiner: { default: 'bilevel', choices: ['weighted'] } },
      'bilevel is no choice of combiner',
    ],
    [{ defaults: { gamma: 1 } }, 'no part has the knob gamma'],
    [{ fixed: { beta: 1 } }, 'no part has the knob beta'],
    [{ variants: { retold: 'nothing' } }, 'no part has the variant retold'],
    [
      { losses: { forget: only('npo'), retain: only('npo') } },
      'beta is a knob of forgetLoss and of retainLoss',
    ],
  ])('refuses %j', (changes, message) => {
    expect(() => define(changes)).toThrow(message)
  })
})

describe('mergeFields', () => {
  const owners = [
    { id: 'one', field: z.number().positive().default(0.1).describe('sharpness') },
    { id: 'two', field: z.number().positive().default(4.5).describe('steepness') },
  ]

  it('keeps the default of a single owner', () => {
    expect(z.toJSONSchema(mergeFields(owners.slice(0, 1)), { io: 'input' })).toMatchObject({
      type: 'number',
      default: 0.1,
      description: 'sharpness',
    })
  })

  it('gives no default where owners differ, and says whose meaning is whose', () => {
    const json = z.toJSONSchema(mergeFields(owners), { io: 'input' })
    expect(json).not.toHaveProperty('default')
    expect(json.description).toBe('one: sharpness; two: steepness')
    expect(mergeFields(owners).safeParse(2).success).toBe(true)
    expect(mergeFields(owners).safeParse(-2).success).toBe(false)
  })
})
