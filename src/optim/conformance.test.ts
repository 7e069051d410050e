import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { gaussian } from '../random.ts'
import { type Optimizer, optimizers } from './index.ts'
import { updateByGraph, zeroSlots } from './testing.ts'

/** Problems that every optimiser must bring below a bound. */
const problems = {
  parabola: {
    start: [3, -2],
    loss: ([x, y]: Float32Array) => (x - 1) ** 2 + 4 * (y + 0.5) ** 2,
    gradient: ([x, y]: Float32Array) => [2 * (x - 1), 8 * (y + 0.5)],
    bound: 1e-4,
  },
  rosenbrock: {
    start: [-1, 1],
    loss: ([x, y]: Float32Array) => (1 - x) ** 2 + 100 * (y - x * x) ** 2,
    gradient: ([x, y]: Float32Array) => [-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)],
    bound: 1e-2,
  },
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
