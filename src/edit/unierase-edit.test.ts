import { expect, test } from 'vitest'
import { createEngine } from '../engine/node-engine.ts'
import { BatchInputs } from '../train/batch-inputs.ts'
import { tinyExamples, tinyModel, tinyStore } from '../train/testing/tiny-model.ts'
import { unierase } from './unierase.ts'
import { unieraseEdit } from './unierase-edit.ts'

const token = 39

async function edit(settings: object, config: object = {}) {
  const model = tinyModel({ ...config })
  const { tensors: values } = await tinyStore(model)
  const engine = await createEngine()
  const edited = {
    engine,
    model,
    values,
    inputs: new BatchInputs(model),
    padToken: 0,
    round: async () => {},
  }
  const forget = tinyExamples(6, 3, token)
  const data = { forget, refusing: tinyExamples(6, 5, token), retain: tinyExamples(30, 4, token) }
  const layers = '*.{0-1}.{mlp.down_proj|mlp.c_proj}.weight'
  const knobs = unierase.schema.parse({ layers, learningRate: 0.05, epochs: 20, ...settings })
  const messages: string[] = []
  const progress = (line: string) => void messages.push(line)
  const figures = await unieraseEdit({ edited, data, token, knobs, progress })
  engine.dispose()
  return { ...figures, messages }
}

test('forget questions come to be answered with the token', async () => {
  const { before, after, messages } = await edit({ preserve: 0.1 })
  expect(before.tokenAfterForget).toBeLessThan(0.1)
  expect(after.tokenAfterForget).toBeGreaterThan(0.5)
  expect(messages[23]).toMatch(
    /^token: pass 24 of 24, refusals after it cost \d\.\d\d nats a token$/,
  )
  expect(messages.slice(24)).toEqual([
    'targets: 6 of 6 questions',
    'layer 0 edited',
    'layer 1 edited',
  ])
})

test('the more is preserved, the less retain answers move', async () => {
  const moved = async (preserve: number) => {
    const { before, after } = await edit({ preserve })
    return Math.abs(after.retainProbability - before.retainProbability)
  }
  const [little, much] = [await moved(0.01), await moved(1000)]
  expect(much).toBeLessThan(little)
  expect(much).toBeLessThan(0.01)
})

test('the token makes refusals likelier', async () => {
  const { tokenLoss: untrained } = await edit({ epochs: 1, learningRate: 1e-9, robustEpochs: 0 })
  const { tokenLoss } = await edit({ epochs: 40, robustEpochs: 0 })
  expect(tokenLoss).toBeLessThan(untrained - 0.3)
})

test('weights that are stored the other way round are edited too', async () => {
  const { before, after } = await edit(
    { preserve: 0.1 },
    {
      model_type: 'gpt2',
      n_embd: 16,
      n_layer: 2,
      n_head: 2,
      n_inner: 24,
      n_positions: 64,
      layer_norm_epsilon: 1e-5,
      activation_function: 'gelu_new',
    },
  )
  expect(after.tokenAfterForget).toBeGreaterThan(before.tokenAfterForget + 0.3)
})
