import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Engine } from '../../engine/engine.ts'
import { createEngine } from '../../engine/node-engine.ts'
import { hostNumbers } from '../../engine/testing/host-numbers.ts'
import { graphWeights } from '../../model/weights.ts'
import { BatchInputs } from '../../train/batch-inputs.ts'
import { openModel, openSession } from '../../train/session.ts'
import { tinyExamples, tinyModel, tinyStore } from '../../train/testing/tiny-model.ts'
import { createMeasurer } from '../score/measurer.ts'
import { causalTrace, causalTraceProbe, tracedShare } from './causal-trace.ts'

let engine: Engine
beforeAll(async () => {
  engine = await createEngine({ threads: 2 })
})
afterAll(() => engine.dispose())

async function traced(change: (name: string, data: Float32Array) => void, subjectTokens = 1) {
  const model = tinyModel({ num_hidden_layers: 3 })
  const store = await tinyStore(model)
  for (const [name, { data }] of store.tensors) change(name, hostNumbers(data))
  const options = {
    engine,
    model,
    weights: graphWeights(model),
    values: store.tensors,
    inputs: new BatchInputs(model),
    samples: 3,
    seed: 1,
  }
  const targets = tinyExamples(3, 2)
    .filter(({ promptLength }) => promptLength > subjectTokens)
    .map((example, place) => ({
      example,
      stream: ['trace', place],
      subject: Array.from({ length: subjectTokens }, (_, i) => i),
    }))
  return {
    results: await causalTrace(targets, { ...options, noise: 3 }),
    quiet: await causalTrace(targets, { ...options, noise: 0 }),
  }
}

describe('causal tracing', () => {
  test('finds the one layer through which the subject reaches the answer', async () => {
    // Only the first layer's attention moves anything between positions.
    const { results } = await traced((name, data) => {
      if (/layers\.[12]\.self_attn\.o_proj/.test(name)) data.fill(0)
    })
    const subject = tracedShare(results, 'restoredSubject')
    expect(subject[0]).toBeCloseTo(1, 4)
    // What left the subject in layer 0 is not changed by putting the subject back after it.
    expect(subject[1]).toBeCloseTo(0, 4)
    expect(subject[2]).toBeCloseTo(0, 4)
  })

  test('one corrupted token put back at the embedding is the clean run; without noise nothing is lost', async () => {
    const { results, quiet } = await traced(() => {})
    for (const { clean, corrupted, restoredSubject } of results) {
      expect(restoredSubject[0]).toBeCloseTo(clean, 4)
      expect(corrupted).not.toBeCloseTo(clean, 4)
    }
    for (const { clean, corrupted, restoredLast } of quiet)
      for (const score of [corrupted, ...restoredLast]) expect(score).toBeCloseTo(clean, 4)
  })

  test('a target without subject is refused', async () => {
    await expect(traced(() => {}, 0)).rejects.toThrow('expected subject tokens')
  })

  test('as a probe begins from the loss that scoring finds, and without noise stays there', async () => {
    const session = await openSession(engine, await openModel('test/golden/llama-text'), null)
    const measurer = await createMeasurer(session)
    const [prompt, text] = ['Which river?', ' Styx and on']
    const [asked, said] = [prompt, text].map((part) => session.tokenizer.encode(part))
    const example = {
      ...tinyExamples(1, 1)[0],
      tokens: Int32Array.from([...asked, ...said]),
      trained: Uint8Array.from([...asked.map(() => 0), ...said.map(() => 1)]),
      promptLength: asked.length,
    }
    const row = { set: 'forget', index: 0, prompt, promptTokens: asked }
    const context = { measurer, original: null, stopRequested: () => false }
    const knobs = causalTraceProbe.schema.parse({ noise: 0, samples: 1 })
    const open = await causalTraceProbe.open(context, knobs)
    const { fields } = await open.measure([{ ...row, texts: { answer: [{ text, example }] } }])
    const [{ logProbs }] = await measurer.scorer.score([example], { distribution: false })
    const { clean, corrupted } = fields[0].probes!['causal-trace'] as Record<string, number>
    expect(clean).toBeCloseTo(logProbs.reduce((sum, each) => sum + each, 0) / said.length, 4)
    expect(corrupted).toBeCloseTo(clean, 4)
    await expect(open.measure([{ ...row, texts: {} }])).rejects.toThrow('scored text "answer"')
  })
})
