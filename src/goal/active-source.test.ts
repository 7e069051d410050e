import { expect, test } from 'vitest'
import { tinyExamples } from '../train/testing/tiny-model.ts'
import { activeSteps } from './active-source.ts'

const forget = tinyExamples(5, 3)
const retain = tinyExamples(9, 4)
const common = {
  forget,
  retain,
  batchSize: 2,
  accumulate: 1,
  seed: 5,
  padToken: 0,
  references: {
    tokens: {
      forget: forget.map(({ trained }, i) =>
        new Float32Array(trained.reduce((sum, one) => sum + one, 0)).fill(i),
      ),
    },
    distribution: null,
    activations: null,
  },
  separate: true,
  roundSteps: 4,
}

async function round(active: readonly number[], number = 0, depth = [0, 0, 0, 0, 0]) {
  const source = activeSteps(common)
  source.part = { active: Float32Array.from(active), depth: Float32Array.from(depth) }
  return Promise.all([0, 1, 2, 3].map((step) => source.at(number, step)))
}

test('a round goes over the active examples alone, as often as it needs, with their own references', async () => {
  const steps = await round([0, 1, 0, 1, 1])
  const seen = steps.flatMap(({ forget: [micro] }) => [...micro.batch.examples])
  expect([...new Set(seen)].sort()).toEqual([1, 3, 4])
  expect(seen).toHaveLength(6)
  for (const {
    forget: [micro],
  } of steps) {
    const own = [...micro.batch.sequenceOf].map((sequence) => micro.batch.examples[sequence])
    expect([...(micro.referenceLogProb ?? [])]).toEqual(own)
  }
})

test('a round without active examples repairs: all take part, too little to push', async () => {
  const steps = await round([0, 0, 0, 0, 0])
  for (const {
    forget: [micro],
  } of steps)
    for (const weight of micro.exampleWeights ?? []) expect(weight).toBeCloseTo(1e-3, 9)
})

test('what a round is made of follows from its number and what is active', async () => {
  const again = await round([0, 1, 0, 1, 1], 7)
  expect(await round([0, 1, 0, 1, 1], 7)).toEqual(again)
  expect(await round([0, 1, 0, 1, 1], 8)).not.toEqual(again)
})

test('an example that other wordings still know goes deeper, each of its tokens by an equal share', async () => {
  const [{ forget: plain }] = await round([1, 0, 0, 0, 0])
  const [{ forget: deep }] = await round([1, 0, 0, 0, 0], 0, [3, 5, 0, 0, 0])
  const tokens = forget[0].trained.reduce((sum, one) => sum + one, 0)
  const own = (micro: (typeof plain)[number]) => [...(micro.referenceLogProb ?? [])]
  expect(own(deep[0])).toEqual(own(plain[0]).map((logProb) => Math.fround(logProb - 3 / tokens)))
})
