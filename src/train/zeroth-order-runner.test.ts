import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Engine } from '../engine/engine.ts'
import type { DeviceBuffer } from '../engine/memory.ts'
import { createEngine } from '../engine/node-engine.ts'
import { hostNumbers } from '../engine/testing/host-numbers.ts'
import { graphWeights } from '../model/weights.ts'
import { exact } from '../parts/estimate/exact.ts'
import { hybrid } from '../parts/estimate/hybrid.ts'
import { zerothOrder } from '../parts/estimate/zeroth-order.ts'
import { crossEntropy } from '../parts/loss/cross-entropy.ts'
import { npo } from '../parts/loss/npo.ts'
import { BatchInputs } from './batch-inputs.ts'
import { createEstimatorRunner } from './estimator-runner.ts'
import { flatTensors } from './flat.ts'
import { createGradientRunner, type RunnerOptions } from './gradient.ts'
import { microBatch, tinyExamples, tinyModel, tinyStore } from './testing/tiny-model.ts'
import { createZerothOrderRunner } from './zeroth-order-runner.ts'

let engine: Engine
let options: RunnerOptions & { trained: DeviceBuffer }
beforeAll(async () => {
  engine = await createEngine({ threads: 2 })
  const model = tinyModel()
  const store = await tinyStore(model)
  options = {
    engine,
    model,
    weights: graphWeights(model),
    losses: {
      forget: { loss: npo, knobs: { beta: 0.1 } },
      retain: { loss: crossEntropy, knobs: {} },
    },
    trainable: [...store.trainable.shapes.keys()],
    values: store.tensors,
    inputs: new BatchInputs(model),
    trained: store.trained.data,
  }
})
afterAll(() => engine.dispose())

const micro = microBatch({ forget: tinyExamples(3, 3), retain: tinyExamples(4, 4) })
const scales = { forget: 0.7, retain: 1.3 }
const layoutOf = async () => (await tinyStore(tinyModel())).trainable.layout

test('the slope along each direction is that of the gradient, and the weights come back to the bit', async () => {
  const layout = await layoutOf()
  const gradient = flatTensors(engine.memory, layout)
  const runner = await createGradientRunner(options)
  const losses = await runner.run([micro], scales, gradient, () =>
    flatTensors(engine.memory, layout),
  )
  const around = await createZerothOrderRunner(options)
  const trained = hostNumbers(options.trained)
  const before = trained.slice()
  for (const seed of [0, 1, 2]) {
    const estimate = flatTensors(engine.memory, layout)
    const perturbation = { directions: 1, smoothing: 1e-3, seed, step: 5 }
    const means = await around.run([micro], scales, estimate, perturbation)
    expect(trained).toEqual(before)
    // ĝ = slope·r with r of signs: its first entry is the slope, up to r's first sign.
    const found = hostNumbers(estimate.data)
    const size = Math.abs(found[0])
    expect(found.every((x) => Math.abs(Math.abs(x) - size) <= 1e-6 * size)).toBe(true)
    const inner = hostNumbers(gradient.data).reduce((sum, g, i) => sum + g * Math.sign(found[i]), 0)
    expect(inner / size).toBeCloseTo(1, 2)
    for (const group of ['forget', 'retain']) expect(means[group] / losses[group]).toBeCloseTo(1, 3)
  }
  runner.dispose()
  around.dispose()
})

test('many directions are the mean of each, and each step has its own', async () => {
  const layout = await layoutOf()
  const around = await createZerothOrderRunner(options)
  const run = async (directions: number, step: number, seed = 0) => {
    const target = flatTensors(engine.memory, layout)
    await around.run([micro], scales, target, { directions, smoothing: 1e-3, seed, step })
    return hostNumbers(target.data)
  }
  expect(await run(2, 1)).toEqual(await run(2, 1))
  expect(await run(1, 2)).not.toEqual(await run(1, 1))
  expect(await run(1, 1, 1)).not.toEqual(await run(1, 1))
  const [one, two] = [await run(1, 1), await run(2, 1)]
  // Half of the first direction's estimate is in that of two.
  const inner = (a: Float32Array, b: Float32Array) => a.reduce((sum, x, i) => sum + x * b[i], 0)
  expect(inner(one, two)).toBeGreaterThan(0.3 * inner(one, one))
  around.dispose()
})

test('the hybrid takes turns, and only what is needed is compiled', async () => {
  const knobs = hybrid.schema.parse({ period: 3 })
  const turns = [1, 2, 3, 4, 5, 6, 7].map((step) => hybrid.directions(knobs, step))
  expect(turns).toEqual([0, 0, 0, 1, 1, 1, 0])
  const compiled: string[][] = []
  const watching: Engine = {
    ...engine,
    compile(outputs) {
      compiled.push(Object.keys(outputs))
      return engine.compile(outputs)
    },
  }
  for (const [estimator, programs] of [
    [exact, 1],
    [zerothOrder, 1],
    [hybrid, 2],
  ] as const) {
    compiled.length = 0
    const finder = await createEstimatorRunner(
      { ...options, engine: watching },
      { estimator: estimator as never, knobs: estimator.schema.parse({}), seed: 0 },
    )
    expect(compiled.length).toBe(programs)
    if (estimator === zerothOrder)
      expect(compiled[0].sort()).toEqual(['loss forget', 'loss retain'])
    finder.dispose()
  }
})
