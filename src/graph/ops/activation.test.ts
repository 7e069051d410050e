import { describe, expect, test } from 'vitest'
import { evaluate } from '../../engine/testing/evaluate-nodes.ts'
import {
  add,
  exp,
  gradients,
  logSigmoid,
  type Node,
  parameter,
  sigmoid,
  silu,
  softplus,
  sum,
  tanh,
} from '../index.ts'
import { expectNumbers } from '../testing/expect-numbers.ts'

/** f(x) and f′(x) of an elementwise function. */
async function valueAndSlope(f: (x: Node) => Node, at: readonly number[]) {
  const x = parameter('x', [at.length])
  const y = f(x)
  const [{ dense }] = gradients(sum(y), [x])
  const given = { x: { data: at, shape: [at.length] } }
  const { value, slope } = await evaluate({ value: y, slope: dense as Node }, given)
  return { value: [...value], slope: [...slope] }
}

describe('elementwise functions at −10⁴, −100, 0, 100, 10⁴', () => {
  const at = [-1e4, -100, 0, 100, 1e4]
  const tiny = Math.exp(-100)

  test('sigmoid: 0, e⁻¹⁰⁰, ½, 1, 1 with the slope σ(1 − σ)', async () => {
    const { value, slope } = await valueAndSlope(sigmoid, at)
    expectNumbers(value, [0, tiny, 0.5, 1, 1])
    expectNumbers(slope, [0, tiny, 0.25, tiny, 0])
  })

  test('softplus: 0, e⁻¹⁰⁰, ln 2, x, x with the slope σ', async () => {
    const { value, slope } = await valueAndSlope(softplus, at)
    expectNumbers(value, [0, tiny, Math.LN2, 100, 1e4])
    expectNumbers(slope, [0, tiny, 0.5, 1, 1])
  })

  test('logSigmoid: x, x, −ln 2, −e⁻¹⁰⁰, 0 with the slope σ(−x)', async () => {
    const { value, slope } = await valueAndSlope(logSigmoid, at)
    expectNumbers(value, [-1e4, -100, -Math.LN2, -tiny, 0])
    expectNumbers(slope, [1, 1, 0.5, tiny, 0])
  })

  test('silu: 0, −100·e⁻¹⁰⁰, 0, x, x with the slope σ + x·σ·(1 − σ)', async () => {
    const { value, slope } = await valueAndSlope(silu, at)
    expectNumbers(value, [0, -100 * tiny, 0, 100, 1e4])
    expectNumbers(slope, [0, tiny - 100 * tiny, 0.5, 1, 1])
  })

  test('tanh: ±1 with the slope 4·e^−2|x|', async () => {
    const { value, slope } = await valueAndSlope(tanh, at)
    expectNumbers(value, [-1, -1, 0, 1, 1])
    expectNumbers(slope, [0, 4 * tiny ** 2, 1, 4 * tiny ** 2, 0])
  })

  test('exp: 0 and 0 at −10⁴, no NaN', async () => {
    expect(await valueAndSlope(exp, [-1e4])).toEqual({ value: [0], slope: [0] })
  })
})

test('the margin of a preference loss at ±10⁴ has the slope −1 and 0', async () => {
  // −ln σ(margin), as NPO and its kin use it.
  const loss = (x: Node) => softplus(add(x, x))
  const { value, slope } = await valueAndSlope(loss, [-1e4, 1e4])
  expectNumbers(value, [0, 2e4])
  expectNumbers(slope, [0, 2])
})
