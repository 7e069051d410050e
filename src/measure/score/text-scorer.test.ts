import { afterAll, beforeAll, expect, test } from 'vitest'
import { openCheckpoint } from '../../checkpoint/folder.ts'
import { nodeFolder } from '../../checkpoint/node-folder.ts'
import type { Example } from '../../data/example.ts'
import type { Engine } from '../../engine/engine.ts'
import { hostMemory } from '../../engine/host-memory.ts'
import { createEngine } from '../../engine/node-engine.ts'
import { integer } from '../../math/random.ts'
import { buildModel } from '../../model/architectures.ts'
import { graphWeights } from '../../model/weights.ts'
import { BatchInputs } from '../../train/batch-inputs.ts'
import { createReferenceLogits } from '../../train/scorer.ts'
import { microBatch, tinyExamples, tinyModel, tinyStore } from '../../train/testing/tiny-model.ts'
import { chooseTrainable } from '../../train/trainable-set.ts'
import { loadWeights } from '../../train/weight-store.ts'
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
    inputs: new BatchInputs(model),
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

/** Six prompts of two lengths with up to four answers each, one prompt alone, and a text without any. */
function questions(vocab: number): Example[] {
  const prompts = Array.from({ length: 7 }, (_, p) =>
    Array.from({ length: p % 2 === 0 ? 5 : 8 }, (_, t) => integer(3, ['prompt', p], t, vocab)),
  )
  const answered = prompts.flatMap((prompt, p) =>
    Array.from({ length: p === 6 ? 1 : 2 + (p % 3) }, (_, a) => {
      const length = 1 + integer(3, ['length', p], a, 9)
      // The first tokens of all answers are alike, and one answer may begin another.
      const stream = ['answer', p, a === 3 ? 2 : a]
      const answer = Array.from({ length }, (_, t) =>
        integer(3, t < 3 ? ['begin', p] : stream, t, vocab),
      )
      return { prompt, answer }
    }),
  )
  const made = answered.map(({ prompt, answer }) => ({
    tokens: Int32Array.from([...prompt, ...answer]),
    trained: Uint8Array.from([...prompt.map(() => 0), ...answer.map(() => 1)]),
    promptLength: prompt.length,
  }))
  const text = { tokens: Int32Array.of(3, 1, 4), trained: Uint8Array.of(0, 1, 1), promptLength: 0 }
  return [...made, text, made[0]].map((each, index) => ({
    ...tinyExamples(1, 1)[0],
    ...each,
    index,
  }))
}

test.each([
  'llama-gqa-untied',
  'llama-rope3',
  'mistral-sliding',
  'olmo2-gqa',
  'qwen3-headdim',
  'gemma-headdim',
  'phi-gqa',
  'gpt_neox-parallel',
  'gpt2-tied',
  'gemma2-capped',
  'gemma3-local',
  'ministral3-scaled',
  'olmo3-yarn',
  'phi3-longrope',
  'smollm3-nope',
])('texts score in a tree as they do apart: %s', async (name) => {
  const folder = await nodeFolder(`test/golden/${name}`)
  const checkpoint = await openCheckpoint(folder)
  const model = buildModel(checkpoint.config, `${name}/config.json`)
  const read = (tensor: string) => checkpoint.read(tensor)
  const store = await loadWeights(
    hostMemory,
    model,
    chooseTrainable(model, { pattern: [] }),
    read,
    0,
  )
  const common = {
    engine,
    model,
    weights: graphWeights(model),
    values: store.tensors,
    inputs: new BatchInputs(model),
    padToken: 0,
  }
  const examples = questions(model.vocab)
  const shared = await createTextScorer(common)
  const inPieces = await createTextScorer({ ...common, tokensPerBatch: 30 })
  const whole = await createTextScorer({ ...common, share: false })
  const expected = await whole.score(examples, { distribution: true })
  for (const scorer of [shared, inPieces]) {
    const got = await scorer.score(examples, { distribution: true })
    for (const [i, { logProbs, firstChoice, distribution }] of got.entries()) {
      expect(firstChoice).toEqual(expected[i].firstChoice)
      expect(logProbs.length).toBe(expected[i].logProbs.length)
      for (const [t, logProb] of logProbs.entries()) {
        expect(logProb).toBeCloseTo(expected[i].logProbs[t], 4)
        expect(distribution?.mean[t]).toBeCloseTo(expected[i].distribution?.mean[t] as number, 4)
      }
    }
  }
})
