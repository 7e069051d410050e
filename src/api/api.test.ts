import { describe, expect, expectTypeOf, test } from 'vitest'
import * as z from 'zod'
import {
  builtIn,
  type Comparison,
  compare,
  createRegistry,
  defineLoss,
  defineMethod,
  defineOptimizer,
  type FinishedRun,
  type Loss,
  only,
  type Registry,
  resolveMethod,
  run,
  UserError,
} from '../index.ts'

const schema = z.strictObject({
  sharpness: z.number().default(2).describe('how sharp'),
  kind: z.enum(['plain', 'steep']).optional().describe('which'),
})

const mine = defineLoss({
  id: 'mine',
  title: 'A loss of mine',
  source: 'this test',
  formula: 'L = sharpness·Σ log p',
  goal: 'forget',
  reduction: 'token-mean',
  needs: {},
  schema,
  build(context, knobs) {
    expectTypeOf(knobs).toEqualTypeOf<{ sharpness: number; kind?: 'plain' | 'steep' | undefined }>()
    return context.logProb()
  },
})

const method = defineMethod({
  id: 'mine',
  title: 'A method of mine',
  source: 'this test',
  summary: 'One loss.',
  losses: { forget: only('mine'), retain: null },
  combiner: only('weighted'),
  defaults: {},
  fixed: {},
  variants: {},
  settings: [],
  defects: [],
})

describe('types of the public API', () => {
  test('a definition keeps the schema of its knobs, and goes where any loss goes', () => {
    expectTypeOf(mine).toEqualTypeOf<Loss<typeof schema>>()
    expectTypeOf(mine).toExtend<Loss>()
    expectTypeOf(builtIn.losses).items.toEqualTypeOf<Loss>()
  })

  test('calls', () => {
    expectTypeOf(run).returns.resolves.toEqualTypeOf<FinishedRun>()
    expectTypeOf(run).parameter(0).toEqualTypeOf<string | Readonly<Record<string, unknown>>>()
    expectTypeOf(compare).returns.toEqualTypeOf<Comparison>()
    expectTypeOf(createRegistry).returns.toEqualTypeOf<Registry>()
  })

  test('what is missing does not compile', () => {
    // @ts-expect-error an optimiser has slots, scalars and two forms of its update
    expectTypeOf(defineOptimizer).toBeCallableWith({ id: 'x', schema })
    // @ts-expect-error a goal is to forget or to retain
    expectTypeOf<Loss['goal']>().toEqualTypeOf<'keep'>()
  })
})

describe('createRegistry', () => {
  test('holds definitions from outside beside those that ship', () => {
    const registry = createRegistry({
      losses: [...builtIn.losses, mine],
      methods: [...builtIn.methods, method],
    })
    const resolved = resolveMethod({ id: 'mine', sharpness: 3 }, registry)
    expect(resolved.forgetLoss).toBe(mine)
    expect(resolved.forgetKnobs).toEqual({ sharpness: 3 })
    expect(resolveMethod({ id: 'blur', forgetLoss: 'mine' }, registry).forgetLoss).toBe(mine)
    expect(() => resolveMethod({ id: 'mine' })).toThrow(UserError)
  })

  test('refuses an id that is taken, and a definition of a wrong shape', () => {
    const taken = defineLoss({ ...mine, id: 'npo' })
    expect(() => createRegistry({ losses: [...builtIn.losses, taken] })).toThrow(
      'loss npo: expected an id that no other loss has',
    )
    const shapeless = { ...mine, build: 'nothing' } as unknown as Loss
    expect(() => createRegistry({ losses: [...builtIn.losses, shapeless] })).toThrow(
      'loss mine: build: expected a function',
    )
  })
})
