import { expect, test } from 'vitest'
import { makeBatch } from '../data/batch.ts'
import { BatchInputs, membership } from './batch-inputs.ts'
import { tinyExamples, tinyModel } from './testing/tiny-model.ts'

const model = tinyModel()

test('a mask is made once per length, and few long ones are kept', () => {
  let made = 0
  const inputs = new BatchInputs({
    ...model,
    mask: (seq) => {
      made++
      return new Float32Array(seq * seq)
    },
  })
  expect(inputs.mask(8)).toBe(inputs.mask(8))
  expect(inputs.mask(8).shape).toEqual([8, 8])
  expect(made).toBe(1)
  // 8 masks of 2048² are twice of what is kept.
  for (let seq = 2040; seq < 2048; seq++) inputs.mask(seq)
  expect(made).toBe(9)
  inputs.mask(2047)
  expect(made).toBe(9)
  inputs.mask(2040)
  expect(made).toBe(10)
})

test('rotary tables grow, and a shorter batch takes the longer ones', () => {
  const inputs = new BatchInputs(model)
  const short = inputs.rotary(5)
  expect(short.cos.shape).toEqual([5, model.headDim / 2])
  const long = inputs.rotary(9)
  expect(long.cos.shape).toEqual([9, model.headDim / 2])
  expect(inputs.rotary(5)).toEqual(long)
  expect([...(long.cos.data as Float32Array)].slice(0, short.cos.data.length)).toEqual([
    ...(short.cos.data as Float32Array),
  ])
})

test('membership says which answer token is of which sequence', () => {
  const batch = makeBatch(tinyExamples(3, 1), 0)
  const { data, shape } = membership(batch)
  expect(shape).toEqual([3, batch.rows.length])
  for (let b = 0; b < 3; b++)
    for (const [i, row] of batch.rows.entries())
      expect(data[b * batch.rows.length + i]).toBe(Math.floor(row / batch.seq) === b ? 1 : 0)
})
