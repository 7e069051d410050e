import { describe, expect, test } from 'vitest'
import type { Tensor } from '../engine/engine.ts'
import { referenceEngine } from '../engine/reference.ts'
import { input } from '../graph/index.ts'
import { gaussian } from '../math/random.ts'
import { lora as family } from './adapter/lora.ts'
import { factorNames, mergeFactors } from './adapter/low-rank.ts'
import { buildModel } from './architectures.ts'
import { graphWeights } from './weights.ts'

const model = buildModel(
  {
    model_type: 'llama',
    vocab_size: 20,
    hidden_size: 12,
    intermediate_size: 10,
    num_hidden_layers: 1,
    num_attention_heads: 2,
    mlp_bias: true,
  },
  'config.json',
)
const linear = 'model.layers.0.mlp.up_proj'
const lora = { rank: 3, alpha: 5 }
const adapter = family.place(model, { ...lora, targets: ['up_proj'], init: 'zero' })
const random = (name: string, shape: readonly number[]): Tensor & { data: Float32Array } => ({
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) =>
    gaussian(1, [name], i),
  ),
  shape,
})

describe('an adapter', () => {
  const { a, b } = factorNames(linear)
  const values = Object.fromEntries(
    [...model.parameters, ...adapter.shapes].map(([name, shape]) => [name, random(name, shape)]),
  )
  const x = random('x', [4, 12])

  async function forward(adapted: boolean, given: Record<string, Tensor>): Promise<Float64Array> {
    const weights = graphWeights(model, adapted ? adapter : null)
    const y = weights.linear(input('x', [4, 12]), linear)
    const program = await referenceEngine.compile({ y })
    const result = new Float64Array(4 * 10)
    await program.run({ ...given, x }, { y: result })
    return result
  }

  test('has the names and shapes that PEFT gives', () => {
    expect([...adapter.shapes]).toEqual([
      ['model.layers.0.mlp.up_proj.lora_A.weight', [3, 12]],
      ['model.layers.0.mlp.up_proj.lora_B.weight', [10, 3]],
    ])
  })

  test('adds alpha/rank · B · A · x, beside the bias', async () => {
    const expected = new Float64Array(4 * 10)
    const weight = values[`${linear}.weight`].data
    for (let n = 0; n < 4; n++)
      for (let o = 0; o < 10; o++) {
        let sum = values[`${linear}.bias`].data[o]
        for (let i = 0; i < 12; i++) {
          let change = 0
          for (let r = 0; r < 3; r++)
            change += values[b].data[o * 3 + r] * values[a].data[r * 12 + i]
          sum += (weight[o * 12 + i] + (5 / 3) * change) * x.data[n * 12 + i]
        }
        expected[n * 10 + o] = sum
      }
    const got = await forward(true, values)
    for (const [i, value] of got.entries()) expect(value).toBeCloseTo(expected[i], 10)
  })

  test('merged into the weight gives what it gives beside it', async () => {
    const merged = mergeFactors(
      values[`${linear}.weight`].data,
      values[a].data,
      values[b].data,
      lora,
    )
    const beside = await forward(true, values)
    const together = await forward(false, {
      ...values,
      [`${linear}.weight`]: { data: merged, shape: [10, 12] },
    })
    for (const [i, value] of together.entries()) expect(value).toBeCloseTo(beside[i], 5)
    expect(merged).not.toEqual(values[`${linear}.weight`].data)
  })

  test('of zeros changes no bit of the weight', () => {
    const weight = values[`${linear}.weight`].data
    expect(mergeFactors(weight, values[a].data, new Float32Array(30), lora)).toEqual(weight)
  })
})

test('a layer without an adapter is left alone', async () => {
  const weights = graphWeights(model, adapter)
  const y = weights.linear(input('x', ['rows', 12]), 'model.layers.0.mlp.gate_proj')
  const { inputs } = await referenceEngine.compile({ y })
  expect(inputs.map(({ name }) => name).sort()).toEqual([
    'model.layers.0.mlp.gate_proj.bias',
    'model.layers.0.mlp.gate_proj.weight',
    'x',
  ])
})

test('every use of a weight is one node, so that its gradients add up', () => {
  const weights = graphWeights(model)
  expect(weights.tensor('model.norm.weight')).toBe(weights.node('model.norm.weight'))
  expect(() => weights.node('model.norm.bias')).toThrow('no weight model.norm.bias')
})
