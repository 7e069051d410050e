import { describe, expect, expectTypeOf, test } from 'vitest'
import * as z from 'zod'
import {
  builtIn,
  type Comparison,
  compare,
  createRegistry,
  defineBenchmark,
  defineEdit,
  defineLoss,
  defineMethod,
  defineMetric,
  defineOptimizer,
  extendRegistry,
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

  test('is extended by edit rules and metrics, and refuses a benchmark whose metrics are not there', () => {
    const rule = defineEdit({ ...builtIn.editRules[0], id: 'mine' })
    const metric = defineMetric({ ...builtIn.metrics[0], id: 'mine' })
    const benchmark = defineBenchmark({
      id: 'mine',
      title: 'Mine',
      sets: { asked: { file: 'rows.jsonl', texts: { answer: 'answer' } } },
      metrics: { p: { kind: 'mine', better: 'lower', options: { set: 'asked' } } },
      ranking: { forget: 'p', utility: 'p' },
    })
    const registry = extendRegistry(createRegistry(), [rule, metric, benchmark])
    expect(registry.editRules.get('mine')).toBe(rule)
    expect(registry.benchmarks.get('mine')).toBe(benchmark)
    expect(() => createRegistry({ benchmarks: [benchmark] })).toThrow(
      'benchmark mine: metrics.p.kind: expected one of',
    )
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
