import { describe, expect, it } from 'vitest'
import { UserError } from '../error.ts'
import { parseAxis, parseSeeds, sweepCells, withSettings } from './sweep-plan.ts'

it('keeps settings of a method beside the method of the grid', () => {
  const [cell] = sweepCells([parseAxis('method=npo'), parseAxis('train.epochs=2')], [0], 'out')
  const { sets } = withSettings(cell, ['method.beta=1', 'train.learningRate=1e-4'])
  expect(sets).toEqual([
    'method=npo',
    'method.beta=1',
    'train.learningRate=1e-4',
    'train.epochs=2',
    'train.seed=0',
    'output=out/npo_epochs-2_seed0',
  ])
})

describe('axes', () => {
  it('part values at commas that stand outside brackets', () => {
    expect(parseAxis('method.gamma=0.1, 1')).toEqual({ path: 'method.gamma', values: ['0.1', '1'] })
    expect(parseAxis('train.parameters=all,{ lora: { rank: 4, alpha: 8 } }').values).toEqual([
      'all',
      '{ lora: { rank: 4, alpha: 8 } }',
    ])
  })

  it.each(['gamma', '=1', 'a=1,,2', 'a b=1'])('%s is refused', (text) => {
    expect(() => parseAxis(text)).toThrow(UserError)
  })
})

it('seeds are a count or a list', () => {
  expect(parseSeeds('3')).toEqual([0, 1, 2])
  expect(parseSeeds('4,7,4')).toEqual([4, 7])
  expect(parseSeeds('0')).toEqual([0])
  expect(parseSeeds('4,')).toEqual([4])
  for (const text of ['', ',', '-1', '1.5', 'x']) expect(() => parseSeeds(text)).toThrow(UserError)
})

it('cells are all combinations, each with a folder of its own', () => {
  const cells = sweepCells(
    [parseAxis('method=blur,npo'), parseAxis('train.parameters=all,{ lora: { rank: 4 } }')],
    [0, 1],
    'runs/x',
  )
  expect(cells.length).toBe(8)
  expect(new Set(cells.map(({ name }) => name)).size).toBe(8)
  expect(cells[0]).toEqual({
    name: 'blur_parameters-all_seed0',
    sets: [
      'method=blur',
      'train.parameters=all',
      'train.seed=0',
      'output=runs/x/blur_parameters-all_seed0',
    ],
  })
  expect(cells[3].name).toBe('blur_parameters-lora-rank-4_seed1')
  expect(sweepCells([parseAxis('train.x=-1,1')], [0], 'o').map(({ name }) => name)).toEqual([
    'x-minus1_seed0',
    'x-1_seed0',
  ])
  expect(() => sweepCells([parseAxis('a.b=1,1')], [0], 'o')).toThrow(UserError)
  expect(sweepCells([], [5], 'o').map(({ name }) => name)).toEqual(['seed5'])
})
