import { afterAll, describe, expect, it } from 'vitest'
import { createFfiEngine } from '../src/engine/onnx/ffi.ts'
import { createNpmEngine } from '../src/engine/onnx/npm.ts'
import { gaussian } from '../src/math/random.ts'
import type { MatrixRule } from '../src/parts/optim/matrix-rule.ts'
import { muon } from '../src/parts/optim/muon.ts'
import { optimizers } from '../src/parts/optim/optimizers.ts'
import { matrixGraph, updateGraph, zeroSlots } from '../src/parts/optim/testing/run-optimizer.ts'

const size = 4099

const ffi = createFfiEngine({ threads: 2 })
const npm = createNpmEngine({ threads: 2 })

afterAll(() => {
  ffi.dispose()
  npm.dispose()
})

describe.each([
  { engine: ffi, inPlace: false },
  { engine: ffi, inPlace: true },
  { engine: npm, inPlace: false },
])('optimisers on the $engine.id engine, in place $inPlace', ({ engine, inPlace }) => {
  it.each([...optimizers])('%s gives the bits of its loop', async (_, optimizer) => {
    const knobs = optimizer.schema.parse({})
    const program = await engine.compile(updateGraph(optimizer))
    const make = () => new Float32Array(size)
    const start = Float32Array.from({ length: size }, (_, i) => gaussian(4, ['parameter'], i))
    let graph = { parameter: start.slice(), ...zeroSlots(optimizer, make) }
    const loop = { parameter: start.slice(), slots: zeroSlots(optimizer, make) }
    for (let step = 1; step <= 3; step++) {
      const scalars = optimizer.scalars(knobs, 1e-3, step)
      const gradient = start.map((_, i) => gaussian(4, ['gradient', step], i) * 10 ** (i % 5))
      const shape = [size]
      const vectors = Object.entries({ ...graph, gradient }).map(([name, data]) => [
        name,
        { data, shape },
      ])
      const numbers = Object.entries(scalars).map(([name, value]) => [
        name,
        { data: Float32Array.of(value), shape: [] },
      ])
      const updated = inPlace ? graph : { parameter: make(), ...zeroSlots(optimizer, make) }
      await program.run(Object.fromEntries([...vectors, ...numbers]), updated)
      graph = updated
      optimizer.updateArrays({ ...loop, gradient, scalars })
      expect(graph).toEqual({ parameter: loop.parameter, ...loop.slots })
    }
  })

  it.each([[[48, 130]], [[130, 48]], [[64, 64]]] as const)(
    'Muon follows its loop, the same bits each time: %j',
    async (matrixShape) => {
      const rule = muon.matrix as MatrixRule
      const length = matrixShape[0] * matrixShape[1]
      const program = await engine.compile(matrixGraph(rule, matrixShape[0] > matrixShape[1]))
      const make = () => new Float32Array(length)
      const random = (name: string) =>
        Float32Array.from({ length }, (_, i) => gaussian(4, [name, 'matrix'], i))
      const scalars = rule.scalars(muon.schema.parse({}), 0.01, 1, matrixShape)
      const tensor = (data: Float32Array) => ({ data, shape: matrixShape })
      const run = async () => {
        const arrays = { parameter: random('parameter'), ...zeroSlots(rule, make) }
        for (const step of [1, 2, 3]) {
          const inputs = Object.entries({ ...arrays, gradient: random(`gradient ${step}`) })
          const updated = inPlace ? arrays : { parameter: make(), ...zeroSlots(rule, make) }
          await program.run(
            {
              ...Object.fromEntries(inputs.map(([name, data]) => [name, tensor(data)])),
              ...Object.fromEntries(
                Object.entries(scalars).map(([name, value]) => [
                  `scalar ${name}`,
                  { data: Float32Array.of(value), shape: [] },
                ]),
              ),
            },
            updated,
          )
          Object.assign(arrays, updated)
        }
        return arrays
      }
      const found = await run()
      expect(await run()).toEqual(found)
      const parameter = random('parameter')
      const slots = zeroSlots(rule, make)
      for (const step of [1, 2, 3])
        rule.updateArrays(
          { parameter, slots, scalars, gradient: random(`gradient ${step}`) },
          matrixShape,
        )
      // Three steps of which each moves a weight by 0.002 (root mean square), or as much again by chance.
      const worst = parameter.reduce(
        (most, x, i) => Math.max(most, Math.abs(x - found.parameter[i])),
        0,
      )
      expect(worst).toBeLessThan(2e-6)
    },
  )
})
