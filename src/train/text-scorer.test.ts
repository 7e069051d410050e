import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Engine } from '../engine/engine.ts'
import { createEngine } from '../engine/node.ts'
import { graphWeights } from '../model/weights.ts'
import { SequenceFeeds } from './feeds.ts'
import { createReferenceLogits } from './scorer.ts'
import { microBatch, tinyExamples, tinyModel, tinyStore } from './testing/tiny.ts'
import { createTextScorer } from './text-scorer.ts'

let engine: Engine
beforeAll(async () => {
  engine = await createEngine({ threads: 2 })
})
afterAll(() => engine.dispose())

test('log p, the first choice, mean and variance are those of the logits, in float64', async () => {
  const model = tinyModel()
  const store = await tinyStore(model)
  const common = {
    engine,
    model,
    weights: graphWeights(model),
    values: store.tensors,
    feeds: new SequenceFeeds(model),
  }
  const examples = tinyExamples(6, 2)
  const scorer = await createTextScorer({ ...common, padToken: 0 })
  const scores = await scorer.score(examples, { distribution: true })
  const plain = await scorer.score(examples, { distribution: false })
  const reference = await createReferenceLogits(common)
  for (const [i, example] of examples.entries()) {
    const { batch } = microBatch({ forget: [example] })
    const logits = await reference.logits(batch)
    expect(plain[i].distribution).toBeNull()
    expect(plain[i].logProbs).toEqual(scores[i].logProbs)
    for (const [t, label] of batch.labels.entries()) {
      const row = Array.from(logits.subarray(t * model.vocab, (t + 1) * model.vocab))
      const total = Math.log(row.reduce((sum, z) => sum + Math.exp(z), 0))
      const logProbs = row.map((z) => z - total)
      const mean = logProbs.reduce((sum, l) => sum + Math.exp(l) * l, 0)
      const square = logProbs.reduce((sum, l) => sum + Math.exp(l) * l * l, 0)
      expect(scores[i].logProbs[t]).toBeCloseTo(logProbs[label], 5)
      expect(scores[i].firstChoice[t]).toBe(row.indexOf(Math.max(...row)) === label)
      expect(scores[i].distribution?.mean[t]).toBeCloseTo(mean, 5)
      expect(scores[i].distribution?.variance[t]).toBeCloseTo(square - mean ** 2, 4)
    }
  }
})
