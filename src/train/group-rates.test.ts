import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Engine } from '../engine/engine.ts'
import { createEngine } from '../engine/node-engine.ts'
import { hostNumbers } from '../engine/testing/host-numbers.ts'
import { weighted } from '../parts/combine/weighted.ts'
import { crossEntropy } from '../parts/loss/cross-entropy.ts'
import { sgd } from '../parts/optim/sgd.ts'
import { BatchInputs } from './batch-inputs.ts'
import { createLearner } from './learner.ts'
import { microBatch, tinyExamples, tinyModel, tinyStore } from './testing/tiny-model.ts'
import { weightGroups } from './weight-groups.ts'

let engine: Engine
beforeAll(async () => {
  engine = await createEngine({ threads: 2 })
})
afterAll(() => engine.dispose())

const patterns = ['*.self_attn.*', '*.mlp.*']

async function learnerWith(every: number | null) {
  const model = tinyModel()
  const store = await tinyStore(model)
  const learner = await createLearner({
    engine,
    model,
    store,
    inputs: new BatchInputs(model),
    losses: { retain: { loss: crossEntropy, knobs: {} } },
    combiner: weighted,
    combinerKnobs: weighted.schema.parse({}),
    optimizer: sgd,
    optimizerKnobs: sgd.schema.parse({ momentum: 0 }),
    clipNorm: null,
    groupRates:
      every === null
        ? null
        : {
            every,
            groups: weightGroups(patterns, store.trainable, model.layers),
          },
  })
  const micro = microBatch({ retain: tinyExamples(4, 3) })
  const data = { forget: [], retain: [], together: [micro] }
  return { learner, store, data }
}

test('each group moves by its own share of the update, the rest by all of it', async () => {
  const plain = await learnerWith(null)
  const grouped = await learnerWith(2)
  const before = hostNumbers(grouped.store.trained.data).slice()
  await plain.learner.step(plain.data, 0.2, 1)
  await grouped.learner.step(grouped.data, 0.2, 1)
  // Not measured yet: the same step.
  expect(grouped.store.trained.data).toEqual(plain.store.trained.data)
  hostNumbers(plain.store.trained.data).set(before)
  hostNumbers(grouped.store.trained.data).set(before)
  await plain.learner.step(plain.data, 0.2, 2)
  await grouped.learner.step(grouped.data, 0.2, 2)
  const { factors, influence } = grouped.learner.groupRates!
  expect(factors).not.toContain(1)
  for (const drop of influence) expect(drop).toBeGreaterThan(0)
  for (const [name, view] of grouped.store.trained.views) {
    const { start } = grouped.store.trainable.layout.tensors.get(name)!
    const group = patterns.findIndex((pattern) => name.includes(pattern.slice(1, -1)))
    const factor = group < 0 ? 1 : factors[group]
    const other = hostNumbers(plain.store.trained.views.get(name))
    for (const [i, value] of hostNumbers(view).entries())
      expect(value - before[start + i]).toBeCloseTo(factor * (other[i] - before[start + i]), 6)
  }
})

test('a group that does not lower the loss keeps its rate, and has no influence', async () => {
  const { learner, data } = await learnerWith(1)
  // A step uphill.
  await learner.step(data, -0.2, 1)
  expect(learner.groupRates).toEqual({ factors: [1, 1], influence: [0, 0] })
})

test('a pattern without match is named', async () => {
  const model = tinyModel()
  const { trainable } = await tinyStore(model)
  expect(() => weightGroups(['*.mlp.*', '*.mpl.*'], trainable, model.layers)).toThrow(
    /groups\[1\]: expected .* got \*\.mpl/,
  )
})
