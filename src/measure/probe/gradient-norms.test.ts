import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Engine } from '../../engine/engine.ts'
import { createEngine } from '../../engine/node-engine.ts'
import { hostNumbers } from '../../engine/testing/host-numbers.ts'
import { graphWeights } from '../../model/weights.ts'
import { BatchInputs } from '../../train/batch-inputs.ts'
import { tinyExamples, tinyModel, tinyStore } from '../../train/testing/tiny-model.ts'
import { createTextScorer } from '../score/text-scorer.ts'
import { createGradientNorms } from './gradient-norms.ts'

let engine: Engine
beforeAll(async () => {
  engine = await createEngine({ threads: 2 })
})
afterAll(() => engine.dispose())

test('norms are those of central differences of the loss, however the gradient is cut', async () => {
  const model = tinyModel()
  const { tensors: values } = await tinyStore(model)
  const common = { engine, model, values, inputs: new BatchInputs(model), padToken: 0 }
  const examples = tinyExamples(2, 2)
  const whole = await createGradientNorms(common)
  const cut = await createGradientNorms({ ...common, numbersPerPass: 1 })
  const norms = await whole.norms(examples)
  const names = [...model.parameters.keys()]
  expect(norms.map(({ length }) => length)).toEqual([names.length, names.length])
  const apart = [...(await cut.norms([examples[1]])), ...(await cut.norms([examples[0]]))]
  for (const [i, own] of apart.entries())
    for (const [k, value] of own.entries()) expect(value).toBeCloseTo(norms[1 - i][k], 5)
  whole.dispose()
  cut.dispose()

  const scorer = await createTextScorer({ ...common, weights: graphWeights(model) })
  const loss = async () => {
    const [{ logProbs }] = await scorer.score([examples[0]], { distribution: false })
    return -logProbs.reduce((sum, logProb) => sum + logProb, 0) / logProbs.length
  }
  const checked = names.filter((name) => /norm|k_proj/.test(name))
  expect(checked).toHaveLength(7)
  for (const name of checked) {
    const data = hostNumbers(values.get(name)?.data)
    let square = 0
    for (let i = 0; i < data.length; i++) {
      const kept = data[i]
      data[i] = kept + 1e-2
      const above = await loss()
      data[i] = kept - 1e-2
      square += ((above - (await loss())) / 2e-2) ** 2
      data[i] = kept
    }
    const own = norms[0][names.indexOf(name)]
    expect(Math.abs(Math.sqrt(square) / own - 1)).toBeLessThan(5e-3)
  }
  scorer.dispose()
})
