import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { loadState, saveState, type TrainingState } from '../checkpoint/state.ts'
import type { Engine } from '../engine/engine.ts'
import { createEngine } from '../engine/node-engine.ts'
import { augmentedLagrangian } from '../parts/combine/augmented-lagrangian.ts'
import { bilevel } from '../parts/combine/bilevel.ts'
import type { Combiner } from '../parts/combine/combiner.ts'
import { primalDual } from '../parts/combine/primal-dual.ts'
import { proximalLagrangian } from '../parts/combine/proximal-lagrangian.ts'
import { stationaryForgetting } from '../parts/combine/stationary-forgetting.ts'
import { weighted } from '../parts/combine/weighted.ts'
import { crossEntropy } from '../parts/loss/cross-entropy.ts'
import { npo } from '../parts/loss/npo.ts'
import type { Optimizer } from '../parts/optim/optimizer.ts'
import { optimizers } from '../parts/optim/optimizers.ts'
import type { Schedule } from '../parts/optim/schedule.ts'
import { BatchInputs } from './batch-inputs.ts'
import { createLearner } from './learner.ts'
import { trainingSteps, unlearningSteps } from './step-source.ts'
import { tinyExamples, tinyModel, tinyStore } from './testing/tiny-model.ts'
import type { ParameterChoice } from './trainable-set.ts'
import { restoreState, startingProgress, stateOf, train } from './trainer.ts'
import type { WeightFormat } from './weight-format.ts'

let engine: Engine
let folder: string
beforeAll(async () => {
  engine = await createEngine({ threads: 2 })
  folder = await mkdtemp(join(tmpdir(), 'lethe-resume-'))
})
afterAll(async () => {
  engine.dispose()
  await rm(folder, { recursive: true })
})

const forget = tinyExamples(11, 3)
const retain = tinyExamples(9, 4)
const noGuards = {
  nonFinite: true,
  retainLossRise: null,
  repetition: null,
  utilityFloor: null,
  noEffect: null,
}
const constant: Schedule = { kind: 'constant', learningRate: 3e-3, warmupSteps: 0 }

/** A combiner whose weights depend on how often it was asked. */
const remembering: Combiner = {
  ...bilevel,
  schema: z.strictObject({}),
  init: () => ({ share: 0.7 }),
  coefficients: (_, __, { share }) => ({ forget: share, retain: 1, state: { share: share / 3 } }),
}

/** A multiplier with momentum that moves before each step. */
const inTurn: Combiner = {
  ...primalDual,
  schema: primalDual.schema.extend({
    dualMomentum: z.number().default(-0.3),
    alternate: z.boolean().default(true),
  }),
}

const inMetric: Combiner = {
  ...bilevel,
  schema: bilevel.schema.extend({ metric: z.string().default('optimizer') }),
}

const combiners = {
  blur: bilevel,
  'in metric': inMetric,
  weighted,
  remembering,
  'primal-dual': primalDual,
  'augmented-lagrangian': augmentedLagrangian,
  'in turn': inTurn,
  'stationary-forgetting': stationaryForgetting,
  'proximal-lagrangian': proximalLagrangian,
}

interface Run {
  choice: ParameterChoice
  method: keyof typeof combiners | 'pretraining'
  accumulate: number
  schedule: Schedule
  optimizer?: string
  weights?: WeightFormat
}

/** Trains up to `until` of 8 steps in a fresh learner, from a stored state or from the start; 4 steps are an epoch. */
async function trainUntil(run: Run, until: number, from: string | null): Promise<TrainingState> {
  const { choice, method, accumulate, schedule } = run
  const model = tinyModel({ tie_word_embeddings: true })
  const store = await tinyStore(model, choice)
  const optimizer = optimizers.get(run.optimizer ?? 'adamw') as Optimizer
  const pretraining = method === 'pretraining'
  const combiner: Combiner = method === 'pretraining' ? weighted : combiners[method]
  const learner = await createLearner({
    engine,
    model,
    store,
    inputs: new BatchInputs(model),
    losses: {
      ...(pretraining ? {} : { forget: { loss: npo, knobs: { beta: 0.1 } } }),
      retain: { loss: crossEntropy, knobs: {} },
    },
    combiner,
    combinerKnobs: combiner.schema.parse({}),
    optimizer,
    optimizerKnobs: optimizer.schema.parse({}),
    clipNorm: 1,
    ...(run.weights && { weights: run.weights }),
  })
  const common = { batchSize: 3 / accumulate, accumulate, seed: 7, padToken: 0 }
  const source = pretraining
    ? trainingSteps({ ...common, examples: forget })
    : unlearningSteps({
        ...common,
        forget,
        retain,
        separate: learner.separate,
        references: {
          tokens: {
            forget: forget.map(({ trained }) => new Float32Array(trained.length).fill(-2)),
          },
          distribution: null,
          activations: null,
        },
      })
  const stored = from === null ? null : await loadState(from)
  const progress = stored
    ? await restoreState(learner, stored)
    : startingProgress({ retainProbability: 0.25, repetition: 0 })
  const outcome = await train(
    {
      learner,
      source,
      totalSteps: 8,
      schedule,
      stopConditions: noGuards,
      saveEvery: null,
      evaluateEvery: null,
      clock: () => 0,
      save: async () => {},
      onStep: async () => {},
      evaluate: async () => ({ retainProbability: null, repetition: null }),
      stopRequested: () => progress.step >= until,
    },
    progress,
  )
  expect(outcome.kind).toBe(until < 8 ? 'interrupted' : 'finished')
  expect(progress.step).toBe(until)
  const state = await stateOf(learner, progress, new Map())
  learner.dispose()
  return state
}

const adapters: ParameterChoice = { lora: { rank: 2, alpha: 4, targets: ['q_proj', 'down_proj'] } }
const blur: Run = { choice: 'all', method: 'blur', accumulate: 1, schedule: constant }
const cases: [string, Run][] = [
  ['BLUR', blur],
  ['BLUR under accumulation', { ...blur, accumulate: 3 }],
  ['BLUR with adapters', { ...blur, choice: adapters }],
  [
    'BLUR in the optimiser’s metric under accumulation',
    { ...blur, method: 'in metric', accumulate: 3 },
  ],
  [
    'a weighted sum of part of the weights',
    { ...blur, method: 'weighted', choice: { pattern: '*.mlp.*' } },
  ],
  ['a combiner with a memory', { ...blur, method: 'remembering' }],
  ['a dual weight', { ...blur, method: 'primal-dual' }],
  ['a dual weight under accumulation', { ...blur, method: 'primal-dual', accumulate: 3 }],
  ['a dual weight in turn', { ...blur, method: 'in turn' }],
  ['an augmented Lagrangian', { ...blur, method: 'augmented-lagrangian' }],
  [
    'gradients at other weights',
    { ...blur, choice: adapters, method: 'stationary-forgetting', accumulate: 3 },
  ],
  ['a copy of the weights', { ...blur, method: 'proximal-lagrangian', choice: adapters }],
  ['an optimiser of matrices', { ...blur, optimizer: 'muon' }],
  ['weights kept in bf16', { ...blur, weights: 'bf16' }],
  ['pretraining', { ...blur, method: 'pretraining' }],
  [
    'BLUR with warm-up and a cosine',
    { ...blur, schedule: { kind: 'cosine', learningRate: 3e-3, warmupSteps: 3 } },
  ],
]

test.each(cases)(
  'training resumed from disk ends in the same bits, within an epoch and between two: %s',
  async (_, run) => {
    const whole = await trainUntil(run, 8, null)
    for (const until of [2, 4, 7]) {
      const path = await saveState(folder, await trainUntil(run, until, null))
      const resumed = await trainUntil(run, 8, path)
      expect(resumed.data, `stopped after ${until}`).toEqual(whole.data)
      expect([...resumed.tensors.keys()]).toEqual([
        'weights',
        'slot firstMoment',
        'slot secondMoment',
        ...(run.optimizer === 'muon' ? ['slot momentum'] : []),
        ...(run.method === 'proximal-lagrangian' ? ['slot combiner proximal'] : []),
      ])
      for (const [name, { data }] of whole.tensors) {
        const bits = resumed.tensors.get(name)?.data as Float32Array
        expect(
          Buffer.from(bits.buffer).equals(Buffer.from(data.buffer)),
          `${name} after ${until}`,
        ).toBe(true)
      }
    }
  },
)

test('a state of another shape is refused', async () => {
  const state = await trainUntil({ ...blur, choice: adapters }, 2, null)
  const path = await saveState(folder, state)
  await expect(trainUntil(blur, 8, path)).rejects.toThrow(
    /expected \d+ numbers of weights, as the recipe asks for, got \d+/,
  )
})

test('weights kept in bf16 are bf16 after every step, and the optimiser’s state is not', async () => {
  const { tensors } = await trainUntil({ ...blur, weights: 'bf16' }, 3, null)
  const lowBits = (name: string) => {
    const { data } = tensors.get(name) as { data: Float32Array }
    return new Uint32Array(data.buffer, data.byteOffset, data.length).filter((x) => x & 0xffff)
  }
  expect(lowBits('weights')).toHaveLength(0)
  expect(lowBits('slot firstMoment').length).toBeGreaterThan(0)
})
