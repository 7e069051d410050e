import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Engine } from '../engine/engine.ts'
import { createEngine } from '../engine/node-engine.ts'
import { graphWeights } from '../model/weights.ts'
import { BatchInputs } from './batch-inputs.ts'
import { createReferenceLogits, createScorer } from './scorer.ts'
import { microBatch, tinyExamples, tinyModel, tinyStore } from './testing/tiny-model.ts'

let engine: Engine
beforeAll(async () => {
  engine = await createEngine({ threads: 2 })
})
afterAll(() => engine.dispose())

test('scores are Σ log p of the answer, in the order of the examples, whatever the batch', async () => {
  const model = tinyModel()
  const store = await tinyStore(model)
  const common = {
    engine,
    model,
    weights: graphWeights(model),
    values: store.tensors,
    inputs: new BatchInputs(model),
  }
  const examples = tinyExamples(6, 2)
  const scorer = await createScorer({ ...common, padToken: 0 })
  const scores = await scorer.score(examples)
  const distribution = await createReferenceLogits(common)
  for (const [i, example] of examples.entries()) {
    const { batch } = microBatch({ forget: [example] })
    const logits = await distribution.logits(batch)
    let expected = 0
    for (const [row, label] of batch.labels.entries()) {
      const own = logits.subarray(row * model.vocab, (row + 1) * model.vocab)
      expected += own[label] - Math.log(own.reduce((sum, z) => sum + Math.exp(z), 0))
    }
    expect(scores[i].logProb).toBeCloseTo(expected, 4)
    expect(scores[i].tokens).toBe(example.trained.reduce((sum, one) => sum + one, 0))
  }
  scorer.dispose()
  distribution.dispose()
})
