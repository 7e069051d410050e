import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Engine } from '../../src/engine/engine.ts'
import { createTestXla, type TestPlugin } from '../../src/engine/testing/xla-plugins.ts'
import { gaussian } from '../../src/math/random.ts'
import { optimizers } from '../../src/parts/optim/optimizers.ts'
import { updateGraph, zeroSlots } from '../../src/parts/optim/testing/run-optimizer.ts'
import { runLossTests } from '../helpers/loss-suite.ts'
import { runModelGoldens } from '../helpers/model-goldens.ts'

/**
 * What stands on an engine, on XLA with one plugin: this process runs no other.
 *
 * @param families some of `goldenModels`, since to compile them all takes minutes
 */
export function runXlaSuite(plugin: TestPlugin, families: readonly string[]): void {
  describe('models', () => runModelGoldens(() => createTestXla(plugin), families))
  describe('losses', () => runLossTests(() => createTestXla(plugin)))

  describe('optimisers', () => {
    let xla: Engine
    beforeAll(async () => {
      xla = await createTestXla(plugin)
    })
    afterAll(() => xla.dispose())

    test.each([...optimizers])('%s follows its loop, in place', async (_, optimizer) => {
      const size = 1031
      const program = await xla.compile(updateGraph(optimizer))
      const knobs = optimizer.schema.parse({})
      const start = Float32Array.from({ length: size }, (_, i) => gaussian(4, ['parameter'], i))
      const make = () => new Float32Array(size)
      const loop = { parameter: start.slice(), slots: zeroSlots(optimizer, make) }
      const arrays = { parameter: start, ...zeroSlots(optimizer, make) }
      const held = Object.fromEntries(
        Object.entries(arrays).map(([name, array]) => [name, xla.memory.hold(array.slice())]),
      )
      for (let step = 1; step <= 3; step++) {
        const scalars = optimizer.scalars(knobs, 1e-3, step)
        const gradient = start.map((_, i) => gaussian(4, ['gradient', step], i) * 10 ** (i % 5))
        const inputs = Object.entries({ ...held, gradient }).map(([name, data]) => {
          return [name, { data, shape: [size] }]
        })
        const numbers = Object.entries(scalars).map(([name, value]) => {
          return [name, { data: Float32Array.of(value), shape: [] }]
        })
        await program.run(Object.fromEntries([...inputs, ...numbers]), held)
        optimizer.updateArrays({ ...loop, gradient, scalars })
      }
      for (const [name, expected] of Object.entries({ parameter: loop.parameter, ...loop.slots })) {
        const got = await xla.memory.read(held[name])
        const worst = expected.reduce((most, x, i) => {
          return Math.max(most, Math.abs(got[i] - x) / (Math.abs(x) + 1e-3))
        }, 0)
        expect(worst, name).toBeLessThan(1e-6)
      }
      program.dispose()
    })
  })
}
