import { expect, test } from 'vitest'
import { makeBatch } from '../data/batch.ts'
import { referenceEngine } from '../engine/reference.ts'
import { hostNumbers } from '../engine/testing/host-numbers.ts'
import { BatchInputs } from '../train/batch-inputs.ts'
import { tinyExamples, tinyModel, tinyStore } from '../train/testing/tiny-model.ts'
import { refusalAfterToken } from './token-examples.ts'
import { tokenObjective } from './token-objective.ts'

const token = 39

test('its gradient is the slope along the embedding, by central differences in float64', async () => {
  const model = tinyModel()
  const store = await tinyStore(model)
  const values = new Map(
    [...store.tensors].map(([name, { data, shape }]) => [
      name,
      { data: Float64Array.from(hostNumbers(data)), shape },
    ]),
  )
  const examples = tinyExamples(5, 3, token).map((example) => refusalAfterToken(example, token))
  const batch = makeBatch(examples, 0)
  const answers = batch.rows.length
  const { loss, values: rowGradients } = tokenObjective(model)
  const program = await referenceEngine.compile({ loss, rowGradients })
  const inputs = {
    ...new BatchInputs(model).batch(batch),
    tokenWeight: { data: new Float64Array(answers).fill(1 / answers), shape: [answers] },
  }
  const run = async () => {
    const results = {
      loss: new Float64Array(1),
      rowGradients: new Float64Array(batch.tokens.length * model.dim),
    }
    await program.run({ ...Object.fromEntries(values), ...inputs }, results)
    return results
  }
  const gradient = new Float64Array(model.dim)
  const { rowGradients: found } = await run()
  for (const [place, id] of batch.tokens.entries())
    if (id === token)
      for (let i = 0; i < model.dim; i++) gradient[i] += found[place * model.dim + i]

  const embedding = values.get(model.embeddingWeight)?.data as Float64Array
  const step = 1e-5
  for (let i = 0; i < model.dim; i++) {
    const at = token * model.dim + i
    const lossAt = async (by: number) => {
      const original = embedding[at]
      embedding[at] += by
      const moved = (await run()).loss[0]
      embedding[at] = original
      return moved
    }
    const slope = ((await lossAt(step)) - (await lossAt(-step))) / (2 * step)
    expect(gradient[i]).toBeCloseTo(slope, 8)
  }
})
