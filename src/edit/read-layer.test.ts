import { describe, expect, test } from 'vitest'
import { referenceEngine } from '../engine/reference.ts'
import { hostNumbers } from '../engine/testing/host-numbers.ts'
import { gaussian } from '../math/random.ts'
import { BatchInputs } from '../train/batch-inputs.ts'
import { tinyExamples, tinyModel, tinyStore } from '../train/testing/tiny-model.ts'
import { editedLayers } from './edited-layers.ts'
import { type EditedModel, weightOf } from './edited-model.ts'
import { keySecondMoment, readLayer } from './read-layer.ts'
import { targetShifts } from './target-shifts.ts'
import { tokenAsAnswer } from './token-examples.ts'

const token = 39
const questions = tinyExamples(6, 3, token).map((example) => tokenAsAnswer(example, token))

async function tinyEdited(): Promise<EditedModel> {
  const model = tinyModel()
  const { tensors: values } = await tinyStore(model)
  return {
    engine: referenceEngine,
    model,
    values,
    inputs: new BatchInputs(model),
    padToken: 0,
    round: async () => {},
  }
}

describe.each([0, 1])('layer %i', (layer) => {
  const name = `model.layers.${layer}.mlp.down_proj`

  test('what it reads is what a change of its weights acts on', async () => {
    const edited = await tinyEdited()
    const [chosen] = editedLayers(edited.model, `${name}.weight`)
    const before = await readLayer(edited, chosen, questions)
    const { dim } = edited.model
    const inputs = before.keys.length / questions.length
    const change = Float32Array.from({ length: dim * inputs }, (_, i) => gaussian(5, ['change'], i))
    const weight = hostNumbers(weightOf(edited, `${name}.weight`))
    for (const [i, x] of change.entries()) weight[i] += x
    const after = await readLayer(edited, chosen, questions)
    for (let item = 0; item < questions.length; item++)
      for (let o = 0; o < dim; o++) {
        let moved = 0
        for (let i = 0; i < inputs; i++)
          moved += change[o * inputs + i] * before.keys[item * inputs + i]
        const at = item * dim + o
        expect(after.stream[at] - before.stream[at]).toBeCloseTo(moved, 4)
      }
  })

  test('its second moment is that of its keys', async () => {
    const edited = await tinyEdited()
    const [chosen] = editedLayers(edited.model, `${name}.weight`)
    const { keys } = await readLayer(edited, chosen, questions)
    const moment = await keySecondMoment(edited, chosen, questions)
    const inputs = keys.length / questions.length
    for (let i = 0; i < inputs; i++)
      for (let j = 0; j < inputs; j++) {
        let sum = 0
        for (let item = 0; item < questions.length; item++)
          sum += keys[item * inputs + i] * keys[item * inputs + j]
        expect(moment[i * inputs + j]).toBeCloseTo(sum / questions.length, 5)
      }
  })

  test('a target is no farther than it may be', async () => {
    const edited = await tinyEdited()
    const [chosen] = editedLayers(edited.model, `${name}.weight`)
    const { stream } = await readLayer(edited, chosen, questions)
    const { dim } = edited.model
    const length = (of: Float32Array, item: number) =>
      Math.hypot(...of.subarray(item * dim, (item + 1) * dim))
    for (const reach of [0.3, 1]) {
      const options = { linear: name, steps: 20, rate: 0.3, reach }
      const shifts = await targetShifts(edited, questions, stream, options)
      for (const item of questions.keys()) {
        expect(length(shifts, item)).toBeLessThanOrEqual(reach * length(stream, item) * 1.0001)
        expect(length(shifts, item)).toBeGreaterThan(0)
      }
    }
  })
})

describe('edited layers', () => {
  test('are one matrix a layer, lowest first', () => {
    const model = tinyModel()
    expect(editedLayers(model, '*.{0-1}.mlp.down_proj.weight')).toEqual([
      { layer: 0, linear: 'model.layers.0.mlp.down_proj' },
      { layer: 1, linear: 'model.layers.1.mlp.down_proj' },
    ])
  })

  test.each([
    ['*.nothing.weight', 'a pattern of weight names'],
    ['*.0.mlp.up_proj.weight', 'write into the residual stream'],
    ['*.0.{mlp.down_proj|self_attn.o_proj}.weight', 'one matrix a layer'],
  ])('of %s are refused', (pattern, expected) => {
    expect(() => editedLayers(tinyModel(), pattern)).toThrow(expected)
  })

  test.each(['olmo2', 'gemma2', 'granite'])(
    'of a model that normalises or scales what a layer adds are refused: %s',
    (type) => {
      const options = { hidden_act: null, residual_multiplier: 0.5 }
      const model = tinyModel({ model_type: type, ...options })
      expect(() => editedLayers(model, '*.0.mlp.down_proj.weight')).toThrow(type)
    },
  )
})
