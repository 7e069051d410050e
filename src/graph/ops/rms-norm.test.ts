import { describe, test } from 'vitest'
import { evaluate } from '../../engine/testing/evaluate-nodes.ts'
import { gradients, input, mul, type Node, parameter, rmsNorm, sum } from '../index.ts'
import { expectNumbers } from '../testing/expect-numbers.ts'

describe('rmsNorm', () => {
  async function at(x: readonly number[], epsilon: number) {
    const shape = [1, x.length]
    const p = parameter('x', shape)
    const w = parameter('weight', [x.length])
    const y = rmsNorm(p, w, epsilon)
    const upstream = input('upstream', shape)
    const [forX, forWeight] = gradients(sum(mul(y, upstream)), [p, w])
    return evaluate(
      { value: y, dX: forX.dense as Node, dWeight: forWeight.dense as Node },
      {
        x: { data: x, shape },
        weight: { data: x.map(() => 1), shape: [x.length] },
        upstream: { data: x.map((_, i) => i + 1), shape },
      },
    )
  }

  test('of zeros: 0, and the gradient is upstream / √ε', async () => {
    const { value, dX, dWeight } = await at([0, 0], 1e-4)
    expectNumbers([...value, ...dWeight], [0, 0, 0, 0])
    expectNumbers(dX, [100, 200])
  })

  for (const size of [100, 1e4])
    test(`of ±${size} without ε: ±1, and the gradient lies across x and falls as 1/${size}`, async () => {
      const { value, dX, dWeight } = await at([size, -size], 0)
      expectNumbers(value, [1, -1])
      // (g − y · mean(g·y)) / size with g = [1, 2]: mean(g·y) = −½.
      expectNumbers(dX, [1.5 / size, 1.5 / size])
      expectNumbers(dWeight, [1, -2])
    })

  test('of length 1: the sign, and without ε no gradient', async () => {
    const { value, dX } = await at([-1e4], 0)
    expectNumbers([...value, ...dX], [-1, 0])
  })
})
