import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { referenceEngine } from '../../engine/reference.ts'
import { gaussian } from '../../math/random.ts'
import type { Optimizer } from './optimizer.ts'
import { optimizers } from './optimizers.ts'
import { matrixGraph, updateByGraph, zeroSlots } from './testing/run-optimizer.ts'

/** Problems that every optimiser must bring below a bound. */
const problems = {
  parabola: {
    start: [3, -2],
    shape: [1, 2] as const,
    loss: ([x, y]: Float32Array) => (x - 1) ** 2 + 4 * (y + 0.5) ** 2,
    gradient: ([x, y]: Float32Array) => [2 * (x - 1), 8 * (y + 0.5)],
    bound: 1e-4,
  },
  rosenbrock: {
    start: [-1, 1],
    shape: [2, 1] as const,
    loss: ([x, y]: Float32Array) => (1 - x) ** 2 + 100 * (y - x * x) ** 2,
    gradient: ([x, y]: Float32Array) => [-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)],
    bound: 1e-2,
  },
}

/** ½‖A·(X − X*)‖², X `[3, 2]`, the columns of A of lengths that differ tenfold; weight decay does not keep X off X*. */
const wanted = [0.5, -1, 0.25, 1.5, -0.5, 0]
const lengths = [1, 3, 0.3]
const leastSquares = {
  start: [0, 0, 0, 0, 0, 0],
  shape: [3, 2] as const,
  loss: (x: Float32Array) =>
    x.reduce((sum, v, i) => sum + (lengths[Math.floor(i / 2)] * (v - wanted[i])) ** 2 / 2, 0),
  gradient: (x: Float32Array) =>
    Array.from(x, (v, i) => lengths[Math.floor(i / 2)] ** 2 * (v - wanted[i])),
  bound: 1e-2,
}

describe.each([...optimizers])('optimiser %s', (id, optimizer: Optimizer) => {
  const knobs = optimizer.schema.parse({})
  const size = 301

  function run(steps: number) {
    const parameter = Float32Array.from({ length: size }, (_, i) => gaussian(2, ['parameter'], i))
    const slots = zeroSlots(optimizer, () => new Float32Array(size))
    for (let step = 1; step <= steps; step++) {
      const gradient = parameter.map((_, i) => gaussian(2, ['gradient', step], i) * 10 ** (i % 7))
      const scalars = optimizer.scalars(knobs, 1e-3, step)
      optimizer.updateArrays({ parameter, gradient, slots, scalars })
    }
    return { parameter, slots }
  }

  it('says what it is', () => {
    expect(optimizer.id).toBe(id)
    expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/)
    for (const text of [optimizer.title, optimizer.source, optimizer.formula])
      expect(text.length).toBeGreaterThan(3)
    expect(Object.keys(optimizer.scalars(knobs, 1, 1)).sort()).toEqual(
      [...optimizer.scalarNames].sort(),
    )
  })

  it('describes every knob and refuses others', () => {
    for (const knob of Object.values(optimizer.schema.shape)) {
      expect(knob.description).toBeTruthy()
      expect(knob.safeParse(undefined).success).toBe(true)
    }
    expect(optimizer.schema.safeParse({ nonsense: 1 }).success).toBe(false)
  })

  it('has a loop that agrees with its graph form', async () => {
    const loop = run(3)
    const before = run(2)
    const gradient = loop.parameter.map((_, i) => gaussian(2, ['gradient', 3], i) * 10 ** (i % 7))
    const graph = await updateByGraph(
      optimizer,
      {
        parameter: Float64Array.from(before.parameter),
        slots: doubled(before.slots),
      },
      gradient,
      optimizer.scalars(knobs, 1e-3, 3),
    )
    expectClose(loop.parameter, graph.parameter)
    // What is left where old and new nearly cancel has the rounding of both.
    const scale = gradient.map((_, i) => 10 ** (i % 7) / 10)
    for (const name of optimizer.slots) expectClose(loop.slots[name], graph.slots[name], scale)
  })

  it('gives the same bits each time', () => {
    expect(run(5)).toEqual(run(5))
  })

  it('gives the same bits whole or in pieces', () => {
    const whole = run(1)
    const parameter = Float32Array.from({ length: size }, (_, i) => gaussian(2, ['parameter'], i))
    const gradient = parameter.map((_, i) => gaussian(2, ['gradient', 1], i) * 10 ** (i % 7))
    const slots = zeroSlots(optimizer, () => new Float32Array(size))
    for (const [from, to] of [
      [0, 128],
      [128, size],
    ])
      optimizer.updateArrays({
        parameter: parameter.subarray(from, to),
        gradient: gradient.subarray(from, to),
        slots: Object.fromEntries(
          Object.entries(slots).map(([name, slot]) => [name, slot.subarray(from, to)]),
        ),
        scalars: optimizer.scalars(knobs, 1e-3, 1),
      })
    expect({ parameter, slots }).toEqual(whole)
  })

  it.each(Object.entries(problems))('solves the %s', (_, { start, loss, gradient, bound }) => {
    // Rules that follow the size of a gradient need a smaller rate than those that scale it away.
    const found = [0.02, 2e-4].map((learningRate) => {
      const parameter = Float32Array.from(start)
      const slots = zeroSlots(optimizer, () => new Float32Array(start.length))
      const steps = 4000
      for (let step = 1; step <= steps; step++) {
        const scalars = optimizer.scalars(knobs, learningRate * (1 - (step - 1) / steps), step)
        const now = Float32Array.from(gradient(parameter))
        optimizer.updateArrays({ parameter, gradient: now, slots, scalars })
      }
      return loss(parameter)
    })
    expect(Math.min(...found.filter(Number.isFinite))).toBeLessThan(bound)
  })

  it('stays finite for zero, huge and tiny gradients', () => {
    const gradient = Float32Array.of(0, 1e18, -1e18, 1e-30, 1e-45)
    const parameter = new Float32Array(5).fill(1)
    const slots = zeroSlots(optimizer, () => new Float32Array(5))
    for (let step = 1; step <= 3; step++)
      optimizer.updateArrays({
        parameter,
        gradient,
        slots,
        scalars: optimizer.scalars(knobs, 1e-3, step),
      })
    expect(parameter.every(Number.isFinite)).toBe(true)
    expect(Math.abs(parameter[0] - 1)).toBeLessThan(1e-3)
  })
})

const withRules = [...optimizers].flatMap(([id, { matrix, schema }]) =>
  matrix ? [{ id, rule: matrix, knobs: schema.parse({}) }] : [],
)

describe.each(withRules)('rule of $id for matrices', ({ id, rule, knobs }) => {
  it.each([[[3, 7]], [[7, 3]], [[5, 5]], [[1, 6]], [[6, 1]]] as const)(
    'has a loop that agrees with its graph form, %j',
    async (shape) => {
      const size = shape[0] * shape[1]
      const random = (name: string) =>
        Float32Array.from({ length: size }, (_, i) => gaussian(6, [name], i))
      const arrays = { parameter: random('parameter'), gradient: random('gradient') }
      const slots = Object.fromEntries(rule.slots.map((name) => [name, random(name)]))
      const scalars = rule.scalars(knobs, 1e-2, 3, shape)
      const program = await referenceEngine.compile(matrixGraph(rule, shape[0] > shape[1]))
      const tensor = (data: Float32Array) => ({ data: Float64Array.from(data), shape })
      const found = Object.fromEntries(
        ['parameter', ...rule.slots].map((name) => [name, new Float64Array(size)]),
      )
      await program.run(
        {
          ...Object.fromEntries(
            Object.entries({ ...arrays, ...slots }).map(([name, data]) => [name, tensor(data)]),
          ),
          ...Object.fromEntries(
            Object.entries(scalars).map(([name, value]) => [
              `scalar ${name}`,
              { data: Float64Array.of(value), shape: [] },
            ]),
          ),
        },
        found,
      )
      rule.updateArrays({ ...arrays, slots, scalars }, shape)
      const ones = new Float32Array(size).fill(1)
      expectClose(arrays.parameter, found.parameter, ones)
      for (const name of rule.slots) expectClose(slots[name], found[name], ones)
    },
  )

  it('says its names, which the elementwise slots do not have', () => {
    expect(Object.keys(rule.scalars(knobs, 1, 1, [2, 3])).sort()).toEqual(
      [...rule.scalarNames].sort(),
    )
    for (const name of rule.slots) expect(optimizers.get(id)?.slots).not.toContain(name)
  })

  it('stays finite for zero, huge and tiny gradients', () => {
    const parameter = new Float32Array(6).fill(1)
    const slots = zeroSlots(rule, () => new Float32Array(6))
    for (const [step, value] of [0, 1e18, 1e-30, 0].entries()) {
      const gradient = Float32Array.of(value, 0, -value, 0, value, 0)
      const scalars = rule.scalars(knobs, 1e-3, step + 1, [2, 3])
      rule.updateArrays({ parameter, gradient, slots, scalars }, [2, 3])
    }
    expect(parameter.every(Number.isFinite)).toBe(true)
  })

  it.each(Object.entries({ ...problems, matrices: leastSquares }))(
    'solves the %s',
    (_, { start, shape, loss, gradient, bound }) => {
      const parameter = Float32Array.from(start)
      const slots = zeroSlots(rule, () => new Float32Array(start.length))
      const steps = 4000
      for (let step = 1; step <= steps; step++) {
        const scalars = rule.scalars(knobs, 0.05 * (1 - (step - 1) / steps), step, shape)
        const now = Float32Array.from(gradient(parameter))
        rule.updateArrays({ parameter, gradient: now, slots, scalars }, shape)
      }
      expect(loss(parameter)).toBeLessThan(bound)
    },
  )
})

function doubled(slots: Record<string, Float32Array>): Record<string, Float64Array> {
  return Object.fromEntries(
    Object.entries(slots).map(([name, slot]) => [name, Float64Array.from(slot)]),
  )
}

function expectClose(got: Float32Array, expected: Float64Array, scale?: Float32Array) {
  const worst = got.reduce(
    (most, x, i) =>
      Math.max(
        most,
        Math.abs(x - expected[i]) / Math.max(Math.abs(expected[i]), scale?.[i] ?? 0, 1e-6),
      ),
    0,
  )
  expect(worst).toBeLessThan(1e-6)
}

it('every file that declares an optimiser is in the map', async () => {
  const files = readdirSync(import.meta.dirname).filter((file) => /^[a-z-]+\.ts$/.test(file))
  for (const file of files)
    for (const value of Object.values(await import(/* @vite-ignore */ `./${file}`)))
      if (value && typeof value === 'object' && 'updateArrays' in value)
        expect([...optimizers.values()]).toContain(value)
})
