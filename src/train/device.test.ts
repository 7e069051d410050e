import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Engine } from '../engine/engine.ts'
import { createEngine } from '../engine/node-engine.ts'
import { createDeviceEngine } from '../engine/testing/device-engine.ts'
import { createGenerator } from '../model/generate.ts'
import { graphWeights } from '../model/weights.ts'
import { bilevel } from '../parts/combine/bilevel.ts'
import { combiners } from '../parts/combine/combiners.ts'
import { sharpness } from '../parts/combine/sharpness.ts'
import { hybrid } from '../parts/estimate/hybrid.ts'
import { zerothOrder } from '../parts/estimate/zeroth-order.ts'
import { crossEntropy } from '../parts/loss/cross-entropy.ts'
import { npo } from '../parts/loss/npo.ts'
import { adamw } from '../parts/optim/adamw.ts'
import { muon } from '../parts/optim/muon.ts'
import { BatchInputs } from './batch-inputs.ts'
import { createLearner, type LearnerOptions } from './learner.ts'
import { createScorer } from './scorer.ts'
import type { StepData } from './step.ts'
import { microBatch, tinyExamples, tinyModel, tinyStore } from './testing/tiny-model.ts'
import type { ParameterChoice } from './trainable-set.ts'
import { restoreState, startingProgress, stateOf } from './trainer.ts'

/*
 * An engine whose buffers are no arrays computes what the engine inside computes, to the bit: nothing above an engine
 * takes what it keeps for an array.
 */

let plain: Engine
let device: ReturnType<typeof createDeviceEngine>
beforeAll(async () => {
  plain = await createEngine({ threads: 1 })
  device = createDeviceEngine(plain)
})
afterAll(() => plain.dispose())

// Rows of the embedding's gradient repeat, and the head's are added to them.
const model = tinyModel({ tie_word_embeddings: true })
const forget = tinyExamples(4, 3)
const retain = tinyExamples(4, 4)
const data: StepData = {
  forget: [microBatch({ forget: forget.slice(0, 3) }), microBatch({ forget: forget.slice(3) })],
  retain: [microBatch({ retain: retain.slice(0, 1) }), microBatch({ retain: retain.slice(1) })],
  together: [],
}
const together: StepData = {
  forget: [],
  retain: [],
  together: [microBatch({ forget, retain: retain.slice(0, 2) }), microBatch({ retain })],
}

interface Case extends Partial<LearnerOptions> {
  readonly choice?: ParameterChoice
}

const optionsOf = (engine: Engine, rest: Partial<LearnerOptions>) => ({
  engine,
  model,
  inputs: new BatchInputs(model),
  losses: {
    forget: { loss: npo, knobs: { beta: 0.1 } },
    retain: { loss: crossEntropy, knobs: {} },
  },
  combiner: bilevel,
  combinerKnobs: bilevel.schema.parse({}),
  optimizer: adamw,
  optimizerKnobs: adamw.schema.parse({}),
  clipNorm: 1,
  ...rest,
})

/** Results of three steps, and all that is stored after them, going on from a state after the second. */
async function threeSteps(engine: Engine, { choice = 'all', ...rest }: Case) {
  const make = async () =>
    createLearner({
      ...optionsOf(engine, rest),
      store: await tinyStore(model, choice, 1, engine.memory),
    })
  const first = await make()
  const of = first.separate ? data : together
  const results = [await first.step(of, 1e-2, 1), await first.step(of, 1e-2, 2)]
  const between = await stateOf(
    first,
    startingProgress({ retainProbability: 0, repetition: 0 }),
    new Map(),
  )
  const copy = structuredClone(between)
  first.dispose()
  const learner = await make()
  await restoreState(learner, copy)
  results.push(await learner.step(of, 1e-2, 3))
  const { tensors, data: kept } = await stateOf(
    learner,
    startingProgress({ retainProbability: 0, repetition: 0 }),
    new Map(),
  )
  const stored = structuredClone([...tensors])
  const exported = await Promise.all([...model.parameters.keys()].map(learner.store.exported))
  learner.dispose()
  return { results, stored, kept, exported: exported.map((weight) => weight.slice()) }
}

const named = (id: string) => {
  const combiner = combiners.get(id)
  if (!combiner) throw new Error(`no combiner ${id}`)
  return { combiner, combinerKnobs: combiner.schema.parse({}) }
}
const estimated = (estimator: typeof hybrid | typeof zerothOrder) => ({
  estimator: {
    estimator: estimator as never,
    knobs: estimator.schema.parse(estimator === hybrid ? { period: 1 } : {}),
    seed: 3,
  },
})
const lora: ParameterChoice = { lora: { rank: 2, alpha: 4, targets: ['q_proj', 'down_proj'] } }
const groups = [{ name: 'first', ranges: [{ start: 16, end: 400 }] }]

const cases: Record<string, Case> = {
  BLUR: {},
  'BLUR with adapters': { choice: lora },
  'BLUR in the optimiser’s metric': {
    choice: lora,
    combinerKnobs: bilevel.schema.parse({ metric: 'optimizer' }),
  },
  'BLUR on some weights': { choice: { pattern: ['*norm.weight', '*embed*'] } },
  'one gradient of the weighted sum': named('weighted'),
  'matrices by Muon': { optimizer: muon, optimizerKnobs: muon.schema.parse({}) },
  'sharpness-aware gradients': { sharpness: sharpness.schema.parse({}) },
  'estimates without a backward pass': estimated(zerothOrder),
  'both kinds of gradient by turns': estimated(hybrid),
  'a learning rate that adapts, under a cap': { adaptRateEvery: 1, softmaxRadius: 0.05 },
  'groups of weights with rates of their own': { groupRates: { groups, every: 1 } },
}
for (const [id, combiner] of combiners)
  if (combiner.refinement) cases[`gradients refined by ${id}`] = named(id)

describe('on a device as on the host', () => {
  test.each(Object.entries(cases))('%s', async (_, options) => {
    const got = await threeSteps(device, options)
    expect(got).toEqual(await threeSteps(plain, options))
    expect(got.results.every(({ finite }) => finite)).toBe(true)
  })

  test('answers and scores', async () => {
    const answers = async (engine: Engine) => {
      const { tensors: values } = await tinyStore(model, 'all', 1, engine.memory)
      const parts = { engine, model, weights: graphWeights(model), values }
      const generator = await createGenerator(parts)
      const scorer = await createScorer({ ...parts, inputs: new BatchInputs(model), padToken: 0 })
      const prompts = forget.map(({ tokens, promptLength }) => tokens.slice(0, promptLength))
      // Some end early, so that the cache is taken apart.
      const options = { maxNewTokens: 40, stopTokens: [1, 2, 3, 5, 8, 13, 21, 34] }
      const found = {
        tokens: await generator.generate(prompts, options),
        scores: await scorer.score(retain),
      }
      generator.dispose()
      scorer.dispose()
      return found
    }

    const live = device.liveBuffers()
    const got = await answers(device)
    // The trained weights; caches are given back.
    expect(device.liveBuffers() - live).toBe(1)
    expect(got).toEqual(await answers(plain))
    expect(new Set(got.tokens.map(({ length }) => length)).size).toBeGreaterThan(1)
  })
})
