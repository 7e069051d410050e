import { describe, expect, test } from 'vitest'
import { hostMemory } from '../engine/host-memory.ts'
import { hostNumbers } from '../engine/testing/host-numbers.ts'
import { UserError } from '../error.ts'
import { sizeOf } from '../graph/shape.ts'
import { mergeFactors } from '../model/adapter/low-rank.ts'
import { tinyModel } from './testing/tiny.ts'
import { chooseTrainable, loadWeights, type ParameterChoice } from './trainable.ts'

const model = tinyModel()
const names = (choice: ParameterChoice) => [...chooseTrainable(model, choice).shapes.keys()]
const read = async (name: string) => model.initialValue(name, 1)

describe('chooseTrainable', () => {
  test('takes everything', () => {
    expect(names('all')).toEqual([...model.parameters.keys()])
  })

  test('takes what a pattern matches as a whole, * for anything', () => {
    expect(names({ pattern: 'model.layers.*.mlp.down_proj.weight' })).toEqual([
      'model.layers.0.mlp.down_proj.weight',
      'model.layers.1.mlp.down_proj.weight',
    ])
    expect(names({ pattern: 'lm_head.weight' })).toEqual(['lm_head.weight'])
    // Each once, in the model's order, and a dot is a dot.
    expect(names({ pattern: ['*norm.weight', 'model.norm.*'] })).toEqual([
      'model.layers.0.input_layernorm.weight',
      'model.layers.0.post_attention_layernorm.weight',
      'model.layers.1.input_layernorm.weight',
      'model.layers.1.post_attention_layernorm.weight',
      'model.norm.weight',
    ])
  })

  test('names every pattern that matches nothing', () => {
    expect(() => names({ pattern: ['lm_head', '*.mlp.*', 'model.layersX*'] })).toThrow(
      [
        'train.parameters.pattern: expected a pattern of weight names such as model.layers.0.self_attn.q_proj.weight, got lm_head',
        'train.parameters.pattern: expected a pattern of weight names such as model.layers.0.self_attn.q_proj.weight, got model.layersX*',
      ].join('\n'),
    )
  })

  test('puts adapters on the layers whose name ends with a target', () => {
    const { shapes, adapter } = chooseTrainable(model, {
      lora: { rank: 2, alpha: null, targets: ['1.self_attn.k_proj', 'down_proj'] },
    })
    expect(adapter?.weights).toEqual([
      'model.layers.0.mlp.down_proj.weight',
      'model.layers.1.self_attn.k_proj.weight',
      'model.layers.1.mlp.down_proj.weight',
    ])
    expect(shapes.get('model.layers.1.self_attn.k_proj.lora_A.weight')).toEqual([2, 16])
    expect(shapes.get('model.layers.1.self_attn.k_proj.lora_B.weight')).toEqual([8, 2])
    expect(shapes.size).toBe(6)
  })

  test('names every target that no layer has, and the nearest', () => {
    const layers = 'q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj'
    expect(() =>
      names({ lora: { rank: 2, alpha: null, targets: ['q_porj', 'k_proj', 'attention'] } }),
    ).toThrow(
      [
        `train.parameters.lora.targets: expected linear layers of the model: ${layers}, got q_porj. Did you mean "q_proj"?`,
        `train.parameters.lora.targets: expected linear layers of the model: ${layers}, got attention`,
      ].join('\n'),
    )
  })
})

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
