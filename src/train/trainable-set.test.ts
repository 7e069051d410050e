import { describe, expect, test } from 'vitest'
import { tinyModel } from './testing/tiny-model.ts'
import { chooseTrainable, type ParameterChoice } from './trainable-set.ts'

const model = tinyModel()
const names = (choice: ParameterChoice) => [...chooseTrainable(model, choice).shapes.keys()]

describe('chooseTrainable', () => {
  test('takes everything', () => {
    expect(names('all')).toEqual([...model.parameters.keys()])
  })

  test('takes what suits the size of the model: all of a small one, adapters of a large one', () => {
    expect(names('auto')).toEqual(names('all'))
    const weight = 'model.layers.0.mlp.down_proj.weight'
    const large = { ...model, parameters: new Map(model.parameters).set(weight, [8000, 8001]) }
    const { adapter } = chooseTrainable(large, 'auto')
    expect(adapter?.weights).toEqual(
      chooseTrainable(model, { lora: { rank: 16 } }).adapter?.weights,
    )
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
