import { afterAll, describe, expect, it } from 'vitest'
import { createFfiEngine } from '../src/engine/onnx/ffi.ts'
import { createNpmEngine } from '../src/engine/onnx/npm.ts'
import { optimizers } from '../src/optim/index.ts'
import { updateGraph, zeroSlots } from '../src/optim/testing.ts'
import { gaussian } from '../src/random.ts'

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
})
