import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Engine } from '../engine/engine.ts'
import { createEngine } from '../engine/node-engine.ts'
import { hostNumbers } from '../engine/testing/host-numbers.ts'
import { gaussian } from '../math/random.ts'
import { graphWeights } from '../model/weights.ts'
import { BatchInputs } from './batch-inputs.ts'
import { createStepCap } from './step-cap.ts'
import { microBatch, tinyExamples, tinyModel, tinyStore } from './testing/tiny-model.ts'
import { createUpdatePath } from './update-path.ts'

let engine: Engine
beforeAll(async () => {
  engine = await createEngine({ threads: 2 })
})
afterAll(() => engine.dispose())

test('a small update is taken whole, to the bit; of a large one the same way, only less', async () => {
  const model = tinyModel()
  const store = await tinyStore(model)
  const trained = hostNumbers(store.trained.data)
  const path = createUpdatePath(engine.memory, store.trained.data)
  const cap = await createStepCap(
    {
      engine,
      model,
      weights: graphWeights(model),
      losses: {},
      trainable: [],
      values: store.tensors,
      inputs: new BatchInputs(model),
      path,
    },
    0.5,
  )
  const micro = microBatch({ forget: tinyExamples(3, 3) })
  const start = trained.slice()
  const way = trained.map((_, i) => gaussian(1, ['way'], i))
  const step = async (size: number) => {
    trained.set(start)
    await path.begin()
    for (let i = 0; i < trained.length; i++) trained[i] += size * way[i]
    const wanted = trained.slice()
    return { share: await cap.after(micro), wanted, got: trained.slice() }
  }
  const small = await step(1e-4)
  expect(small.share).toBe(1)
  expect(small.got).toEqual(small.wanted)

  const [large, larger] = [await step(0.2), await step(0.4)]
  expect(large.share).toBeLessThan(1)
  // The cap is on the length: twice the update leaves half the share, near enough for a derivative.
  expect(larger.share / large.share).toBeGreaterThan(0.35)
  expect(larger.share / large.share).toBeLessThan(0.65)
  large.got.forEach((x, i) => {
    expect(x).toBeCloseTo(start[i] + large.share * 0.2 * way[i], 5)
  })
  cap.dispose()
})
