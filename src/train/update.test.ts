import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Engine } from '../engine/engine.ts'
import { createEngine } from '../engine/node-engine.ts'
import { hostNumbers } from '../engine/testing/host-numbers.ts'
import { gaussian } from '../math/random.ts'
import { adamw } from '../parts/optim/adamw.ts'
import { createUpdater } from './update.ts'

let engine: Engine
beforeAll(async () => {
  engine = await createEngine({ threads: 2 })
})
afterAll(() => engine.dispose())

const knobs = adamw.schema.parse({ weightDecay: 0.1 })
const f32 = Math.fround

/** Arrays are updated in pieces of 262,144. */
test.each([1, 262143, 262144, 262145, 2 * 262144 + 1])(
  '%d elements are combined and updated with the bits of a loop',
  async (length) => {
    // Every array repeats a short random one, out of step with the pieces.
    const random = (name: string) => {
      const some = Float32Array.from({ length: 997 }, (_, i) => gaussian(2, [name], i))
      return Float32Array.from({ length }, (_, i) => some[i % 997])
    }
    const weights = random('weights')
    const gradients = [random('forget'), random('retain')]
    const updater = await createUpdater({
      engine,
      optimizer: adamw,
      knobs,
      weights: engine.memory.hold(weights),
      gradients: gradients.map(engine.memory.hold),
      matrices: [{ start: 0, shape: [1, 1] }],
    })
    const expected = {
      parameter: weights.slice(),
      slots: { firstMoment: new Float32Array(length), secondMoment: new Float32Array(length) },
    }
    for (const [step, coefficients] of [
      [0.3, -1.7],
      [0, 2],
    ].entries()) {
      const scalars = adamw.scalars(knobs, 1e-2, step + 1)
      await updater.step(coefficients, 1e-2, step + 1)
      const [a, b] = coefficients.map(f32)
      const [forget, retain] = gradients
      const gradient = forget.map((value, i) => f32(f32(value * a) + f32(retain[i] * b)))
      adamw.updateArrays({ ...expected, gradient, scalars })
    }
    expect(updater.slots.size).toBe(2)
    expect(Buffer.from(weights.buffer).equals(Buffer.from(expected.parameter.buffer))).toBe(true)
    for (const [slot, values] of updater.slots) {
      const twin = expected.slots[slot as keyof typeof expected.slots]
      expect(Buffer.from(hostNumbers(values).buffer).equals(Buffer.from(twin.buffer)), slot).toBe(
        true,
      )
    }
    updater.dispose()
  },
)
