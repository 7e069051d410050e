import { describe, expect, it } from 'vitest'
import { UserError } from '../error.ts'
import { parseAxis, parseSeeds } from './grid.ts'

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
