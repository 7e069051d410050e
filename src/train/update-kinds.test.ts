import { expect, test } from 'vitest'
import { adamw } from '../parts/optim/adamw.ts'
import { muon } from '../parts/optim/muon.ts'
import { hiddenMatrices } from './hidden-matrices.ts'
import { slotLengths } from './slot-lengths.ts'
import { tinyModel } from './testing/tiny-model.ts'
import { chooseTrainable } from './trainable-set.ts'
import { updateKinds } from './update-kinds.ts'

const model = tinyModel()

/** Dim 16, hidden 24, 40 words, 2 layers: 14 linear layers, 5 norms, an embedding and a head. */
const trainable = chooseTrainable(model, 'all')
const { size, tensors } = trainable.layout

test('Muon takes the linear layers of the blocks whole, and nothing else', () => {
  const hidden = hiddenMatrices(model, trainable)
  const names = [...tensors].filter(([, { start }]) => hidden.some((each) => each.start === start))
  expect(names.map(([name]) => name)).toEqual(
    [...tensors.keys()].filter((name) => name.endsWith('_proj.weight')),
  )
  expect(hidden.length).toBe(14)
})

test('every weight is updated once, and state is held for what a slot is for', () => {
  const kinds = updateKinds(muon, size, hiddenMatrices(model, trainable))
  expect(kinds.length).toBe(3)
  const times = new Uint8Array(size)
  for (const { parts } of kinds)
    for (const { start, shape } of parts)
      for (let i = 0; i < shape.reduce((a, b) => a * b); i++) times[start + i]++
  for (const { start, shape } of tensors.values())
    for (let i = 0; i < shape.reduce((a, b) => a * b); i++) expect(times[start + i]).toBe(1)

  const matrices = 2 * (2 * 16 * 16 + 2 * 8 * 16 + 3 * 24 * 16)
  const rest = 2 * 40 * 16 + 5 * 16
  expect(Object.fromEntries(slotLengths(kinds))).toEqual({
    firstMoment: rest,
    secondMoment: rest,
    momentum: matrices,
  })
})

test('slots of the parts lie one after another', () => {
  for (const { parts } of updateKinds(adamw, 600_000, [])) {
    expect(parts.map(({ start, slotStart, shape }) => [start, slotStart, shape[0]])).toEqual([
      [0, 0, 262144],
      [262144, 262144, 262144],
      [524288, 524288, 75712],
    ])
  }
})

test('adapters are matrices, whose gaps belong to no part', () => {
  const adapters = chooseTrainable(model, { lora: { rank: 3, alpha: 6, targets: ['k_proj'] } })
  const hidden = hiddenMatrices(model, adapters)
  expect(hidden.map(({ shape }) => shape)).toEqual([
    [3, 16],
    [8, 3],
    [3, 16],
    [8, 3],
  ])
  const kinds = updateKinds(muon, adapters.layout.size, hidden)
  expect(Object.fromEntries(slotLengths(kinds))).toEqual({ momentum: 2 * (48 + 24) })
})
