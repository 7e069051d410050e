import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Engine, HostTensor } from '../engine/engine.ts'
import { createEngine } from '../engine/node-engine.ts'
import { graphWeights } from '../model/weights.ts'
import { bilevel } from '../parts/combine/bilevel.ts'
import { kl } from '../parts/loss/kl.ts'
import { npo } from '../parts/loss/npo.ts'
import { logProbs } from '../parts/loss/testing/loss-case.ts'
import { adamw } from '../parts/optim/adamw.ts'
import { BatchInputs } from './batch-inputs.ts'
import { createLearner } from './learner.ts'
import type { MicroBatch } from './micro-batch.ts'
import { createReferenceLogits } from './scorer.ts'
import { microBatch, tinyExamples, tinyModel, tinyStore } from './testing/tiny-model.ts'
import type { ParameterChoice } from './trainable-set.ts'

let engine: Engine
beforeAll(async () => {
  engine = await createEngine({ threads: 2 })
})
afterAll(() => engine.dispose())

const model = tinyModel()
const forget = tinyExamples(4, 3)
const retain = tinyExamples(4, 4)
const adapters: ParameterChoice = { lora: { rank: 2, alpha: 4, targets: ['q_proj', 'down_proj'] } }

describe('the divergence from the starting model, over the full distribution', () => {
  test.each([
    ['of the whole model', 'all' as const],
    ['of adapters', adapters],
  ])('%s', async (_, choice) => {
    const store = await tinyStore(model, choice)
    const inputs = new BatchInputs(model)
    const { adapter } = store.trainable
    const frozen = new Map<string, HostTensor>()
    for (const [name, shape] of model.parameters)
      frozen.set(name, { data: (await store.exported(name)).slice(), shape })
    const reference = await createReferenceLogits({
      engine,
      model,
      weights: graphWeights(model),
      values: frozen,
      inputs,
    })
    const learner = await createLearner({
      engine,
      model,
      store,
      inputs,
      losses: { forget: { loss: npo, knobs: { beta: 0.1 } }, retain: { loss: kl, knobs: {} } },
      combiner: bilevel,
      combinerKnobs: { gamma: 1 },
      optimizer: adamw,
      optimizerKnobs: adamw.schema.parse({}),
      clipNorm: 1,
    })
    const withReference = async (micro: MicroBatch) => ({
      ...micro,
      referenceLogits: await reference.logits(micro.batch),
    })
    const parts = [
      await withReference(microBatch({ retain: retain.slice(0, 1) })),
      await withReference(microBatch({ retain: retain.slice(1) })),
    ]
    const data = {
      forget: [await withReference(microBatch({ forget }))],
      retain: parts,
      together: [],
    }
    const first = await learner.step(data, 1e-2, 1)
    expect(first.losses.retain).toBeCloseTo(0, 5)
    const now = await createReferenceLogits({
      engine,
      model,
      weights: graphWeights(model, adapter),
      values: store.tensors,
      inputs,
    })
    // (1/N) Σ_t Σ_v p0·(log p0 − log p), by a loop in float64.
    let divergence = 0
    let tokens = 0
    for (const { batch, referenceLogits } of parts) {
      const logits = await now.logits(batch)
      tokens += batch.rows.length
      for (let row = 0; row < batch.rows.length; row++) {
        const [before, after] = [referenceLogits, logits].map((all) =>
          logProbs([...all.subarray(row * model.vocab, (row + 1) * model.vocab)]),
        )
        for (const [v, logP0] of before.entries())
          divergence += Math.exp(logP0) * (logP0 - after[v])
      }
    }
    const second = await learner.step(data, 1e-2, 2)
    expect(second.losses.retain).toBeGreaterThan(1e-4)
    expect((second.losses.retain as number) / (divergence / tokens)).toBeCloseTo(1, 4)
    learner.dispose()
    reference.dispose()
    now.dispose()
  })
})
