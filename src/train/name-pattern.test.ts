import { expect, test } from 'vitest'
import { namePattern } from './name-pattern.ts'

const names = (layers: number) =>
  Array.from({ length: layers }, (_, i) => `model.layers.${i}.mlp.down_proj.weight`)
const layersOf = (pattern: string, layers: number) => {
  const matches = namePattern(`model.layers.${pattern}.mlp.down_proj.weight`, layers)
  return names(layers).flatMap((name, i) => (matches?.(name) ? [i] : []))
}

test('a range of numbers is inclusive, and does not match by digits', () => {
  expect(layersOf('{5-7}', 32)).toEqual([5, 6, 7])
  expect(layersOf('{9-11}', 32)).toEqual([9, 10, 11])
  expect(layersOf('{1-1}', 32)).toEqual([1])
  expect(layersOf('{7-5}', 32)).toEqual([])
})

test('shares pick the same part of any depth', () => {
  expect(layersOf('{15%-25%}', 32)).toEqual([5, 6, 7])
  expect(layersOf('{15%-25%}', 8)).toEqual([1])
  expect(layersOf('{0%-18.75%}', 32)).toEqual([0, 1, 2, 3, 4, 5])
  expect(layersOf('{75%-100%}', 32)).toEqual([24, 25, 26, 27, 28, 29, 30, 31])
  expect(layersOf('{0%-100%}', 3)).toEqual([0, 1, 2])
  expect(layersOf('{15%-25%}', 2)).toEqual([0])
  expect(layersOf('{75%-100%}', 1)).toEqual([0])
})

test('alternatives, and anything', () => {
  const matches = namePattern('*.{0-1}.mlp.{down_proj|c_proj}.*', 2)
  expect(matches?.('transformer.h.1.mlp.c_proj.weight')).toBe(true)
  expect(matches?.('model.layers.0.mlp.down_proj.bias')).toBe(true)
  expect(matches?.('model.layers.2.mlp.down_proj.bias')).toBe(false)
  expect(matches?.('model.layers.0.mlp.up_proj.weight')).toBe(false)
  expect(namePattern('a.b', 2)?.('axb')).toBe(false)
})

test.each(['{', 'a}', '{}', '{1-2%}', '{{1-2}}'])('%s is not understood', (pattern) => {
  expect(namePattern(pattern, 4)).toBe(null)
})
