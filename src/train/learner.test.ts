import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { Engine } from '../engine/engine.ts'
import { createEngine } from '../engine/node-engine.ts'
import { hostNumbers } from '../engine/testing/host-numbers.ts'
import { scale, stopGradient, sub, sum } from '../graph/index.ts'
import { graphWeights } from '../model/weights.ts'
import { bilevel } from '../parts/combine/bilevel.ts'
import type { Combiner } from '../parts/combine/combiner.ts'
import { conflictProjection } from '../parts/combine/conflict-projection.ts'
import { gramOf } from '../parts/combine/gram.ts'
import { normalizedDifference } from '../parts/combine/normalized-difference.ts'
import { primalDual } from '../parts/combine/primal-dual.ts'
import { stationaryForgetting } from '../parts/combine/stationary-forgetting.ts'
import { weighted } from '../parts/combine/weighted.ts'
import { combineGradients } from '../parts/combine/weighted-gradients.ts'
import { crossEntropy } from '../parts/loss/cross-entropy.ts'
import type { Loss } from '../parts/loss/loss.ts'
import { npo } from '../parts/loss/npo.ts'
import { adamw } from '../parts/optim/adamw.ts'
import { clipFactor } from '../parts/optim/clip-factor.ts'
import { BatchInputs } from './batch-inputs.ts'
import { flatTensors } from './flat.ts'
import { createGradientRunner } from './gradient.ts'
import { createLearner, type LearnerOptions } from './learner.ts'
import type { MicroBatch } from './micro-batch.ts'
import type { GroupLoss } from './objective.ts'
import type { StepData } from './step.ts'
import {
  microBatch,
  relativeDifference,
  tinyExamples,
  tinyModel,
  tinyStore,
} from './testing/tiny-model.ts'
import type { ParameterChoice } from './trainable-set.ts'

let engine: Engine
beforeAll(async () => {
  engine = await createEngine({ threads: 2 })
})
afterAll(() => engine.dispose())

const model = tinyModel()
const forget = tinyExamples(4, 3)
const retain = tinyExamples(4, 4)
const npoLoss: GroupLoss = { loss: npo, knobs: { beta: 0.1 } }
const tokenMean: GroupLoss = { loss: crossEntropy, knobs: {} }
const optimizerKnobs = adamw.schema.parse({})
const adapters: ParameterChoice = { lora: { rank: 2, alpha: 4, targets: ['q_proj', 'down_proj'] } }

const separateData: StepData = {
  forget: [microBatch({ forget: forget.slice(0, 3) }), microBatch({ forget: forget.slice(3) })],
  retain: [microBatch({ retain: retain.slice(0, 1) }), microBatch({ retain: retain.slice(1) })],
  together: [],
}
const fusedData: StepData = {
  forget: [],
  retain: [],
  together: [
    microBatch({ forget, retain: retain.slice(0, 2) }),
    microBatch({ retain: retain.slice(2) }),
  ],
}

async function learnerFor(choice: ParameterChoice = 'all', options: Partial<LearnerOptions> = {}) {
  return createLearner({
    engine,
    model,
    store: await tinyStore(model, choice),
    inputs: new BatchInputs(model),
    losses: { forget: npoLoss, retain: tokenMean },
    combiner: bilevel,
    combinerKnobs: { gamma: 1 },
    optimizer: adamw,
    optimizerKnobs,
    clipNorm: 1,
    ...options,
  })
}

type Learner = Awaited<ReturnType<typeof learnerFor>>
const bytes = (array: Float32Array) => Buffer.from(array.slice().buffer)
const everything = (learner: Learner) =>
  Buffer.concat(
    [learner.store.trained.data, ...learner.slots.values()].map((b) => bytes(hostNumbers(b))),
  )

interface Moment {
  readonly weights: Float32Array
  readonly slots: { readonly firstMoment: Float32Array; readonly secondMoment: Float32Array }
}

function momentOf({ store, slots }: Learner): Moment {
  const slot = (name: string) => hostNumbers(slots.get(name)).slice()
  return {
    weights: hostNumbers(store.trained.data).slice(),
    slots: { firstMoment: slot('firstMoment'), secondMoment: slot('secondMoment') },
  }
}

/**
 * The same steps with nothing shared: whole gradients, the direction as an array, its norm, a loop. Each starts where the
 * learner's did: rounding grows from step to step, and differently on each processor.
 */
async function slowTwin(options: {
  choice: ParameterChoice
  data: StepData
  combiner: Combiner
  combinerKnobs: Record<string, unknown>
  clipNorm: number | null
  starts: readonly Moment[]
  learningRate: number
}) {
  const { combiner, combinerKnobs, clipNorm, data } = options
  const store = await tinyStore(model, options.choice)
  const { layout, adapter, shapes } = store.trainable
  const runner = await createGradientRunner({
    engine,
    model,
    weights: graphWeights(model, adapter),
    losses: { forget: npoLoss, retain: tokenMean },
    trainable: [...shapes.keys()],
    values: store.tensors,
    inputs: new BatchInputs(model),
  })
  const spare = flatTensors(engine.memory, layout)
  const gradient = async (microBatches: readonly MicroBatch[], group: string) => {
    const target = flatTensors(engine.memory, layout)
    const losses = await runner.run(microBatches, { [group]: 1 }, target, () => spare)
    return { gradient: hostNumbers(target.data), loss: losses[group] }
  }
  const slots = {
    firstMoment: new Float32Array(layout.size),
    secondMoment: new Float32Array(layout.size),
  }
  const norms: number[] = []
  const ends: Moment[] = []
  let state = combiner.init(combinerKnobs)
  for (const [i, start] of options.starts.entries()) {
    hostNumbers(store.trained.data).set(start.weights)
    slots.firstMoment.set(start.slots.firstMoment)
    slots.secondMoment.set(start.slots.secondMoment)
    const own = (group: 'forget' | 'retain') =>
      data.together.length > 0 ? data.together : data[group]
    const forgetting = await gradient(own('forget'), 'forget')
    const retaining = await gradient(own('retain'), 'retain')
    const [g, r] = [[forgetting.gradient], [retaining.gradient]]
    const gram = combiner.gradients === 'separate' ? gramOf(g, r) : null
    const coefficients = combiner.coefficients({ gram, losses: null }, combinerKnobs, state)
    const losses = { forget: forgetting.loss, retain: retaining.loss }
    state = combiner.after?.(losses, combinerKnobs, coefficients.state) ?? coefficients.state
    const direction = new Float32Array(layout.size)
    combineGradients(g, r, coefficients, [direction])
    const norm = Math.hypot(...direction)
    const factor = clipFactor(norm, clipNorm)
    adamw.updateArrays({
      parameter: hostNumbers(store.trained.data),
      gradient: direction.map((value) => value * factor),
      slots,
      scalars: adamw.scalars(optimizerKnobs, options.learningRate, i + 1),
    })
    norms.push(norm)
    ends.push({
      weights: hostNumbers(store.trained.data).slice(),
      slots: { firstMoment: slots.firstMoment.slice(), secondMoment: slots.secondMoment.slice() },
    })
  }
  runner.dispose()
  return { ends, norms, state }
}

describe('a step equals its slow twin', () => {
  const cases: [
    string,
    ParameterChoice,
    Combiner,
    Record<string, unknown>,
    StepData,
    number | null,
  ][] = [
    ['BLUR', 'all', bilevel, { gamma: 1 }, separateData, 1],
    ['BLUR with adapters, no clipping', adapters, bilevel, { gamma: 0.5 }, separateData, null],
    ['a weighted sum', 'all', weighted, { forgetWeight: 0.7, retainWeight: 1.3 }, fusedData, 1],
    ['NGDiff', 'all', normalizedDifference, {}, separateData, 1],
    ['PCGrad', 'all', conflictProjection, {}, separateData, 1],
    [
      'a primal-dual rule',
      'all',
      primalDual,
      primalDual.schema.parse({ dualRate: 0.5 }),
      fusedData,
      1,
    ],
  ]
  test.each(cases)('%s', async (_, choice, combiner, combinerKnobs, data, clipNorm) => {
    const learningRate = 1e-3
    const learner = await learnerFor(choice, { combiner, combinerKnobs, clipNorm })
    const moments = [momentOf(learner)]
    const norms: number[] = []
    for (let step = 1; step <= 3; step++) {
      norms.push((await learner.step(data, learningRate, step)).gradientNorms.update)
      moments.push(momentOf(learner))
    }
    const twin = await slowTwin({
      choice,
      data,
      combiner,
      combinerKnobs,
      clipNorm,
      starts: moments.slice(0, -1),
      learningRate,
    })
    const moved = relativeDifference(hostNumbers(learner.store.trained.data), moments[0].weights)
    expect(moved).toBeGreaterThan(1e-4)
    for (const [i, { weights, slots }] of twin.ends.entries()) {
      const { weights: got, slots: gotSlots } = moments[i + 1]
      expect(relativeDifference(got, weights)).toBeLessThan(1e-6)
      for (const slot of ['firstMoment', 'secondMoment'] as const)
        expect(relativeDifference(gotSlots[slot], slots[slot]), slot).toBeLessThan(2e-6)
    }
    for (const [i, norm] of norms.entries()) expect(norm / twin.norms[i]).toBeCloseTo(1, 6)
    expect(Object.keys(learner.combinerState)).toEqual(Object.keys(twin.state))
    for (const [name, value] of Object.entries(learner.combinerState))
      expect(value, name).toBeCloseTo(twin.state[name], 5)
    learner.dispose()
  })
})

test('a dual weight moves once per step by the loss of the whole step, however it is cut', async () => {
  const run = async (together: readonly MicroBatch[]) => {
    const combinerKnobs = primalDual.schema.parse({ dualRate: 2, retainBudget: 0.5 })
    const learner = await learnerFor('all', { combiner: primalDual, combinerKnobs })
    let expected = 1
    for (let step = 1; step <= 3; step++) {
      const { losses } = await learner.step({ ...fusedData, together }, 1e-3, step)
      expected = Math.max(0, expected + 2 * ((losses.retain as number) - 0.5))
      expect(learner.combinerState).toMatchObject({ dual: expected, steps: step, budget: 0.5 })
    }
    learner.dispose()
    return { weights: hostNumbers(learner.store.trained.data), dual: expected }
  }
  const whole = await run([microBatch({ forget, retain })])
  const cut = await run(fusedData.together)
  expect(whole.dual).toBeGreaterThan(2)
  expect(cut.dual).toBeCloseTo(whole.dual, 5)
  expect(relativeDifference(cut.weights, whole.weights)).toBeLessThan(1e-5)
})

test('two runs give the same bits', async () => {
  const run = async () => {
    const learner = await learnerFor()
    for (let step = 1; step <= 4; step++) await learner.step(separateData, 1e-3, step)
    learner.dispose()
    return everything(learner)
  }
  expect((await run()).equals(await run())).toBe(true)
})

test('clips the direction, not the gradients it is made of', async () => {
  const clipNorm = 0.05
  const learner = await learnerFor('all', { clipNorm })
  const { gradientNorms } = await learner.step(separateData, 1e-3, 1)
  for (const norm of Object.values(gradientNorms)) expect(norm).toBeGreaterThan(2 * clipNorm)
  // After one step the first moment is (1 − β1)·u.
  const u = hostNumbers(learner.slots.get('firstMoment')).map(
    (value) => value / (1 - optimizerKnobs.beta1),
  )
  expect(Math.hypot(...u) / clipNorm).toBeCloseTo(1, 4)
  learner.dispose()

  const free = await learnerFor('all', { clipNorm: null })
  await free.step(separateData, 1e-3, 1)
  const direction = hostNumbers(free.slots.get('firstMoment'))
  const length = Math.hypot(...direction)
  const clipped = hostNumbers(learner.slots.get('firstMoment'))
  expect(
    relativeDifference(
      clipped,
      direction.map((value) => (value / length) * clipNorm * (1 - optimizerKnobs.beta1)),
    ),
  ).toBeLessThan(1e-4)
  free.dispose()
})

describe('a rule that looks at other weights', () => {
  const build = async (settings: object) =>
    learnerFor('all', {
      combiner: stationaryForgetting,
      combinerKnobs: stationaryForgetting.schema.parse(settings),
      clipNorm: null,
    })

  test('puts the weights back to the bit', async () => {
    const learner = await build({ innerSteps: 1 })
    const before = bytes(hostNumbers(learner.store.trained.data))
    for (let step = 1; step <= 2; step++) {
      const { finite, gradientNorms } = await learner.step(separateData, 0, step)
      expect(finite).toBe(true)
      expect(gradientNorms.update).toBeGreaterThan(0)
      expect(bytes(hostNumbers(learner.store.trained.data)).equals(before)).toBe(true)
    }
    expect(learner.combinerState).toEqual({ inner: 0, outer: 1 })
    learner.dispose()
  })

  test('sees the same second derivatives from shifts of other lengths', async () => {
    const directions = async (probe: number) => {
      const learner = await build({
        innerSteps: 1,
        alignmentWeight: 1,
        stationarityWeight: 1,
        probe,
      })
      const moments: Float32Array[] = []
      for (let step = 1; step <= 2; step++) {
        await learner.step(separateData, 0, step)
        moments.push(hostNumbers(learner.slots.get('firstMoment')).slice())
      }
      learner.dispose()
      return moments
    }
    const [near, far] = [await directions(3e-4), await directions(5e-4)]
    expect(relativeDifference(near[0], far[0])).toBeLessThan(5e-3)
    expect(relativeDifference(near[1], far[1])).toBeLessThan(5e-2)
  })
})

describe('nothing changes', () => {
  /** Remembers how often it was asked, to see whether a step counted. */
  const counting: Combiner = {
    ...bilevel,
    schema: z.strictObject({}),
    init: () => ({ asked: 0 }),
    coefficients: (_, __, state) => ({ forget: 1, retain: 1, state: { asked: state.asked + 1 } }),
    after: (_, __, { asked }) => ({ asked: asked + 100 }),
  }
  /** Loss 0 with a gradient beyond float32. */
  const overflowing: Loss = {
    ...crossEntropy,
    id: 'overflowing',
    build: (context) => {
      const gap = sum(sub(context.logProb(), stopGradient(context.logProb())))
      return scale(scale(gap, 1e30), 1e30)
    },
  }
  const notANumber = ({ batch }: MicroBatch) => new Float32Array(batch.rows.length).fill(Number.NaN)
  const spoiled: MicroBatch = {
    ...separateData.forget[0],
    referenceLogProb: notANumber(separateData.forget[0]),
  }
  const cases: [string, Partial<LearnerOptions>, StepData][] = [
    ['a loss is not a number', {}, { ...separateData, forget: [spoiled, separateData.forget[1]] }],
    [
      'a loss of a fused step is not a number',
      { combiner: { ...counting, gradients: 'fused' } },
      {
        ...fusedData,
        together: [
          {
            ...fusedData.together[0],
            referenceLogProb: notANumber(fusedData.together[0]),
          },
        ],
      },
    ],
    [
      'a gradient overflows though the losses are finite',
      { losses: { forget: { loss: overflowing, knobs: {} }, retain: tokenMean } },
      separateData,
    ],
  ]
  test.each(cases)('where %s', async (_, options, data) => {
    const learner = await learnerFor('all', { combiner: counting, combinerKnobs: {}, ...options })
    await learner.step(learner.separate ? separateData : fusedData, 1e-3, 1)
    const before = everything(learner)
    const state = learner.combinerState
    const result = await learner.step(data, 1e-3, 2)
    expect(result.finite).toBe(false)
    expect(everything(learner).equals(before)).toBe(true)
    expect(learner.combinerState).toEqual(state)
    learner.dispose()
  })
})
