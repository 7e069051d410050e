import { expect, test } from 'vitest'
import { type Need, needing } from '../../../test/helpers/needs.ts'
import { cachedAttention, input, matmul, neg, reshape } from '../../graph/index.ts'
import { runEngineConformance } from '../testing/conformance.ts'
import { createFfiEngine } from './ffi.ts'
import { suitsGpu } from './gpu.ts'

const provider = (['webgpu', 'cuda'] as const).find((name) => name === process.env.LETHE_DEVICE)

const gpu: Need = {
  what: 'a GPU: LETHE_DEVICE=webgpu or cuda, and an adapter',
  here: provider !== undefined,
}

if (provider)
  runEngineConformance({
    name: `onnx-${provider}`,
    makeEngine: () => createFfiEngine({ gpu: { provider, takes: () => true } }),
    skip: [
      {
        reason: 'a GPU reads some other row and says nothing',
        cases: ['an index out of range is an error, and the program lives on'],
      },
      {
        reason: 'a software adapter needs minutes for its products',
        cases: ['the event loop stays free during a run'],
      },
    ],
  })
else test('conforms', needing(gpu), () => {})

test('the GPU takes what multiplies matrices, and leaves a cache where it is', () => {
  const x = input('x', [4, 4])
  expect(suitsGpu({ y: neg(matmul(x, x)) })).toBe(true)
  expect(suitsGpu({ y: neg(x) })).toBe(false)
  const heads = (name: string) => input(name, [1, 'seq', 4])
  const { attended } = cachedAttention(
    {
      query: reshape(matmul(input('hidden', ['seq', 4]), x), [1, 'seq', 4]),
      key: heads('key'),
      value: heads('value'),
      pastKey: input('pastKey', [1, 1, 'slots', 4]),
      pastValue: input('pastValue', [1, 1, 'slots', 4]),
      lengths: input('lengths', [1], 'i32'),
      total: input('total', [1], 'i32'),
      cos: input('cos', ['slots', 2]),
      sin: input('sin', ['slots', 2]),
    },
    { heads: 1, keyValueHeads: 1, scale: 1, window: null },
  )
  expect(suitsGpu({ attended })).toBe(false)
})
