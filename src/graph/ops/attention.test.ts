import { describe, test } from 'vitest'
import { evaluate } from '../../engine/testing/evaluate-nodes.ts'
import { attention, gradients, input, type Node, parameter, sum } from '../index.ts'
import { expectNumbers } from '../testing/expect-numbers.ts'

describe('attention', () => {
  test('a position that sees nothing has finite values and gradients', async () => {
    const of = (name: string) => parameter(name, [1, 2, 2])
    const [query, key, value] = [of('query'), of('key'), of('value')]
    const options = { heads: 1, keyValueHeads: 1, scale: 1 }
    const y = attention(query, key, value, input('mask', [2, 2]), options)
    const nodes = gradients(sum(y), [query, key, value]).map(({ dense }) => dense as Node)
    const results = await evaluate(
      { y, query: nodes[0], key: nodes[1], value: nodes[2] },
      {
        query: { data: [1, 0, 0, 1], shape: [1, 2, 2] },
        key: { data: [0, 0, 0, 0], shape: [1, 2, 2] },
        value: { data: [1, 2, 3, 4], shape: [1, 2, 2] },
        // The first position sees nothing: its scores are equal, so it takes the mean. The second sees itself.
        mask: { data: [-1e9, -1e9, -1e9, 0], shape: [2, 2] },
      },
    )
    expectNumbers(results.y, [2, 3, 3, 4])
    expectNumbers(results.value, [0.5, 0.5, 1.5, 1.5])
    // ∂scores = P·(g·v − g·y) = ½(3 − 5), ½(7 − 5); ∂key is that times the query, ∂query that times the keys, 0.
    expectNumbers(results.key, [-1, 0, 1, 0])
    expectNumbers(results.query, [0, 0, 0, 0])
  })

  test('of one position is its value, whatever the scores', async () => {
    const of = (name: string) => input(name, [1, 1, 2])
    const y = attention(of('query'), of('key'), of('value'), input('mask', [1, 1]), {
      heads: 2,
      keyValueHeads: 2,
      scale: 1,
    })
    const results = await evaluate(
      { y },
      {
        query: { data: [100, -100], shape: [1, 1, 2] },
        key: { data: [100, 100], shape: [1, 1, 2] },
        value: { data: [3, 5], shape: [1, 1, 2] },
        mask: { data: [0], shape: [1, 1] },
      },
    )
    expectNumbers(results.y, [3, 5])
  })
})
