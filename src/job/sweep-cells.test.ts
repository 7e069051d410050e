import { expect, it } from 'vitest'
import { UserError } from '../error.ts'
import { type GridAxis, sweepCells, withSettings } from './sweep-cells.ts'

const axis = (path: string, ...values: string[]): GridAxis => ({ path, values })

it('keeps settings of a method beside the method of the grid', () => {
  const [cell] = sweepCells([axis('method', 'npo'), axis('train.epochs', '2')], [0], 'out')
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

it('cells are all combinations, each with a folder of its own', () => {
  const cells = sweepCells(
    [axis('method', 'blur', 'npo'), axis('train.parameters', 'all', '{ lora: { rank: 4 } }')],
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
  expect(sweepCells([axis('train.x', '-1', '1')], [0], 'o').map(({ name }) => name)).toEqual([
    'x-minus1_seed0',
    'x-1_seed0',
  ])
  expect(() => sweepCells([axis('a.b', '1', '1')], [0], 'o')).toThrow(UserError)
  expect(sweepCells([], [5], 'o').map(({ name }) => name)).toEqual(['seed5'])
})
