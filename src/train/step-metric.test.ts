import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Engine } from '../engine/engine.ts'
import { createEngine } from '../engine/node-engine.ts'
import { referenceEngine } from '../engine/reference.ts'
import { hostNumbers } from '../engine/testing/host-numbers.ts'
import { gaussian } from '../math/random.ts'
import { graphWeights } from '../model/weights.ts'
import { bilevel } from '../parts/combine/bilevel.ts'
import { gramOf } from '../parts/combine/gram.ts'
import { crossEntropy } from '../parts/loss/cross-entropy.ts'
import { npo } from '../parts/loss/npo.ts'
import { adamw } from '../parts/optim/adamw.ts'
import type { Optimizer } from '../parts/optim/optimizer.ts'
import { sgd } from '../parts/optim/sgd.ts'
import { BatchInputs } from './batch-inputs.ts'
import { createLearner } from './learner.ts'
import { createLossRunner } from './loss-runner.ts'
import type { StepData } from './step.ts'
import { createStepMetric } from './step-metric.ts'
import { runnerFor } from './testing/runner.ts'
import { microBatch, tinyExamples, tinyModel, tinyStore } from './testing/tiny-model.ts'
import type { ParameterChoice } from './trainable-set.ts'

let engine: Engine
beforeAll(async () => {
  engine = await createEngine({ threads: 2 })
})
afterAll(() => engine.dispose())

const size = 9001
const random = (name: string) =>
  Float32Array.from({ length: size }, (_, i) => gaussian(5, [name], i))
const [forget, retain] = [random('forget'), random('retain')]
const secondMoment = random('state').map((x) => x * x)

/** The Gram matrix in the metric of a third step along `2·g_f − g_r`. */
function gramFor(optimizer: Optimizer, knobs: Record<string, unknown>) {
  const { memory } = engine
  const slots = new Map([
    ['firstMoment', memory.make(size)],
    ['secondMoment', memory.hold(secondMoment.slice())],
  ])
  const metric = createStepMetric({
    memory,
    optimizer,
    knobs: optimizer.schema.parse(knobs),
    forget: memory.hold(forget.slice()),
    retain: memory.hold(retain.slice()),
    slots,
  })
  return metric({ forget: 2, retain: -1 }, 3)
}

test('weighs by 1/(√v̂ + ε) with the second moment that the step makes', async () => {
  const [beta2, epsilon] = [0.9, 1e-3]
  const found = await gramFor(adamw, { beta2, epsilon })
  const expected = { forgetForget: 0, forgetRetain: 0, retainRetain: 0 }
  for (const [i, f] of forget.entries()) {
    const r = retain[i]
    const after = beta2 * secondMoment[i] + (1 - beta2) * Math.fround(2 * f - r) ** 2
    const p = 1 / (Math.sqrt(after / (1 - beta2 ** 3)) + epsilon)
    expected.forgetForget += p * f * f
    expected.forgetRetain += p * f * r
    expected.retainRetain += p * r * r
  }
  for (const key of ['forgetForget', 'forgetRetain', 'retainRetain'] as const)
    expect(found[key] / expected[key]).toBeCloseTo(1, 10)
})

test('is euclidean where every weight moves alike', async () => {
  const { forgetForget, forgetRetain } = gramOf([forget], [retain])
  const plain = await gramFor(sgd, {})
  expect(plain.forgetForget / forgetForget).toBeCloseTo(1, 12)
  // 1/(√v̂ + ε) is all but constant for an ε that is large.
  const scaled = await gramFor(adamw, { epsilon: 1e9 })
  expect(scaled.forgetRetain / scaled.forgetForget / (forgetRetain / forgetForget)).toBeCloseTo(
    1,
    7,
  )
})

test('is refused for an optimiser without preconditioner', () => {
  const { preconditioner: _, ...without } = adamw
  expect(() => gramFor(without as Optimizer, {})).toThrow('no preconditioner')
})

describe('BLUR in the optimiser’s metric', () => {
  const model = tinyModel()
  const examples = { forget: tinyExamples(4, 3), retain: tinyExamples(4, 4) }
  const data: StepData = {
    forget: [
      microBatch({ forget: examples.forget.slice(0, 3) }),
      microBatch({ forget: examples.forget.slice(3) }),
    ],
    retain: [
      microBatch({ retain: examples.retain.slice(0, 1) }),
      microBatch({ retain: examples.retain.slice(1) }),
    ],
    together: [],
  }
  const losses = {
    forget: { loss: npo, knobs: { beta: 0.1 } },
    retain: { loss: crossEntropy, knobs: {} },
  }
  const adapters: ParameterChoice = {
    lora: { rank: 2, alpha: 4, targets: ['q_proj', 'down_proj'] },
  }
  const gamma = 0.3
  const learningRate = 1e-3
  const steps = 5

  /**
   * Of each step that is made: the slope of the forget loss along it, in float64, over what γ promises,
   * `γ·Σ P·g_f²` with the P of the stored second moment.
   */
  async function keptShares(choice: ParameterChoice, metric: string, clipNorm: number | null) {
    const optimizerKnobs = adamw.schema.parse({ beta1: 0, weightDecay: 0 })
    const store = await tinyStore(model, choice)
    const learner = await createLearner({
      engine,
      model,
      store,
      inputs: new BatchInputs(model),
      losses,
      combiner: bilevel,
      combinerKnobs: bilevel.schema.parse({ gamma, metric }),
      optimizer: adamw,
      optimizerKnobs,
      clipNorm,
    })
    const { gradient } = await runnerFor({ engine, model, store, losses })
    const exact = new Map(
      [...store.tensors].map(([name, { data: held, shape }]) => [
        name,
        { data: Float64Array.from(hostNumbers(held)), shape },
      ]),
    )
    const loss = await createLossRunner({
      engine: referenceEngine,
      model,
      weights: graphWeights(model, store.trainable.adapter),
      losses: { forget: losses.forget },
      trainable: [],
      values: exact,
      inputs: new BatchInputs(model),
    })
    const shares: number[] = []
    const trained = hostNumbers(store.trained.data)
    for (let step = 1; step <= steps; step++) {
      const before = Float64Array.from(trained)
      const own = hostNumbers((await gradient(data.forget, { forget: 1 })).target.data).slice()
      const result = await learner.step(data, learningRate, step)
      const norm = result.gradientNorms.update
      const clip = clipNorm === null ? 1 : Math.min(1, clipNorm / (norm + 1e-6))
      const v = hostNumbers(learner.slots.get('secondMoment'))
      const { rootCorrection, epsilon } = adamw.scalars(optimizerKnobs, learningRate, step)
      const promised = own.reduce(
        (sum, g, i) => sum + (gamma * clip * g * g) / (Math.sqrt(v[i]) * rootCorrection + epsilon),
        0,
      )
      const after = Float64Array.from(trained)
      const lossAt = async (share: number) => {
        for (const [name, { start, shape }] of store.trainable.layout.tensors) {
          const length = shape.reduce((a, b) => a * b, 1)
          const values = exact.get(name)?.data as Float64Array
          for (let i = 0; i < length; i++)
            values[i] = before[start + i] + share * (after[start + i] - before[start + i])
        }
        return (await loss.losses(data.forget)).forget
      }
      const h = 1e-3
      const slope = ((await lossAt(h)) - (await lossAt(-h))) / (2 * h)
      shares.push(-slope / learningRate / promised)
    }
    learner.dispose()
    return shares
  }

  test.each([
    ['all weights', 'all', 1],
    ['adapters, no clipping', adapters, null],
  ] as const)(
    'keeps γ of the descent in the step that is made: %s',
    async (_, choice, clipNorm) => {
      const shares = await keptShares(choice, 'optimizer', clipNorm)
      // In the first step P is 1/|u|, and a few elements of u near zero can outweigh all others.
      for (const share of shares.slice(1)) expect(Math.abs(share - 1)).toBeLessThan(0.05)
      const euclidean = await keptShares(choice, 'euclidean', clipNorm)
      for (const share of euclidean.slice(1)) expect(Math.abs(share - 1)).toBeGreaterThan(0.2)
    },
  )
})
