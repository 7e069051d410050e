import { expect, test } from 'vitest'
import { createEngine } from '../engine/node-engine.ts'
import { hostNumbers } from '../engine/testing/host-numbers.ts'
import { BatchInputs } from '../train/batch-inputs.ts'
import { tinyExamples, tinyModel, tinyStore } from '../train/testing/tiny-model.ts'
import { learnToken } from './learn-token.ts'
import { refusalAfterToken } from './token-examples.ts'

const token = 39
const noisy = 'model.layers.1.mlp.down_proj.weight'

test('one row is learned, and every other weight is as it was, to the bit, noise or not', async () => {
  const model = tinyModel()
  const { tensors: values } = await tinyStore(model)
  const before = new Map([...values].map(([name, { data }]) => [name, hostNumbers(data).slice()]))
  const engine = await createEngine()
  const edited = {
    engine,
    model,
    values,
    inputs: new BatchInputs(model),
    padToken: 0,
    round: async () => {},
  }
  const examples = tinyExamples(7, 3, token).map((example) => refusalAfterToken(example, token))
  const learn = (epochs: number, learningRate: number) =>
    learnToken(edited, examples, {
      token,
      phases: [
        { epochs, learningRate, noisy: null },
        { epochs: 1, learningRate: learningRate / 10, noisy },
      ],
      batchSize: 3,
      noise: 0.1,
      seed: 0,
    })
  const first = await learn(1, 1e-6)
  const last = await learn(30, 0.03)
  engine.dispose()
  expect(last).toBeLessThan(first - 0.1)
  for (const [name, { data }] of values) {
    const numbers = hostNumbers(data)
    const changed = [...numbers.keys()].filter((i) => numbers[i] !== before.get(name)?.[i])
    const rows = new Set(changed.map((i) => Math.floor(i / model.dim)))
    expect([...rows]).toEqual(name === model.embeddingWeight ? [token] : [])
  }
})
