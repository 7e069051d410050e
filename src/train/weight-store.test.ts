import { describe, expect, test } from 'vitest'
import { hostMemory } from '../engine/host-memory.ts'
import { hostNumbers } from '../engine/testing/host-numbers.ts'
import { UserError } from '../error.ts'
import { sizeOf } from '../graph/shape.ts'
import { mergeFactors } from '../model/adapter/low-rank.ts'
import { tinyModel } from './testing/tiny-model.ts'
import { chooseTrainable, type ParameterChoice } from './trainable-set.ts'
import { loadWeights } from './weight-store.ts'

const model = tinyModel()
const read = async (name: string) => model.initialValue(name, 1)

describe('loadWeights', () => {
  test('keeps trained weights in one array, in pieces that start at 64 bytes', async () => {
    const trainable = chooseTrainable(model, { pattern: ['*norm.weight', '*.mlp.up_proj.weight'] })
    const store = await loadWeights(hostMemory, model, trainable, read, 0)
    const { buffer } = hostNumbers(store.trained.data)
    for (const [name, view] of store.trained.views) {
      expect(hostNumbers(view).buffer).toBe(buffer)
      expect(hostNumbers(view).byteOffset % 64).toBe(0)
      expect(view.length).toBe(sizeOf(model.parameters.get(name) as readonly number[]))
      expect(store.tensors.get(name)?.data).toBe(view)
    }
    for (const name of model.parameters.keys()) {
      expect(store.tensors.get(name)?.data).toEqual(await read(name))
      expect(await store.exported(name)).toEqual(await read(name))
    }
    const frozen = store.tensors.get('lm_head.weight')?.data
    expect(hostNumbers(frozen).buffer).not.toBe(buffer)
  })

  test('starts adapters at the model: A uniform in ±1/√in, B zero', async () => {
    const choice: ParameterChoice = { lora: { rank: 8, alpha: 16, targets: ['q_proj'] } }
    const trainable = chooseTrainable(model, choice)
    const store = await loadWeights(hostMemory, model, trainable, read, 5)
    const [a0, b0, a1] = [...store.trained.views.values()].map(hostNumbers)
    expect(new Set(b0)).toEqual(new Set([0]))
    expect(Math.max(...a0.map(Math.abs))).toBeLessThanOrEqual(0.25)
    expect(Math.max(...a0)).toBeGreaterThan(0.2)
    expect(Math.min(...a0)).toBeLessThan(-0.2)
    expect(a1).not.toEqual(a0)
    const name = 'model.layers.0.self_attn.q_proj.weight'
    expect(await store.exported(name)).toEqual(await read(name))

    const again = await loadWeights(hostMemory, model, trainable, read, 5)
    expect(again.trained.data).toEqual(store.trained.data)
    const other = await loadWeights(hostMemory, model, trainable, read, 6)
    expect(other.trained.data).not.toEqual(store.trained.data)

    b0.fill(0.5)
    const merged = mergeFactors(await read(name), a0, b0, { rank: 8, alpha: 16 })
    expect(await store.exported(name)).toEqual(merged)
    // What is in memory stays as it was: the adapter is beside it.
    expect(store.tensors.get(name)?.data).toEqual(await read(name))
  })

  test('refuses a tensor of another size', async () => {
    const short = async (name: string) =>
      name === 'model.norm.weight' ? new Float32Array(15) : read(name)
    const loading = loadWeights(hostMemory, model, chooseTrainable(model, 'all'), short, 0)
    await expect(loading).rejects.toThrow(UserError)
    await expect(loading).rejects.toThrow(
      'model.norm.weight: expected [16] = 16 numbers, by config.json, got 15 numbers',
    )
  })
})
