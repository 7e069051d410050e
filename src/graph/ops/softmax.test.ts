import { describe, test } from 'vitest'
import { evaluate } from '../../engine/testing/evaluate-nodes.ts'
import { gradients, input, logSoftmax, mul, type Node, parameter, softmax, sum } from '../index.ts'
import { expectNumbers } from '../testing/expect-numbers.ts'

describe('rows of softmax and logSoftmax', () => {
  /** Values, and the gradient of Σ w·f(x) for w = 1, 2, 3, … along the row. */
  async function row(f: (x: Node) => Node, numbers: readonly number[]) {
    const w = numbers.map((_, i) => i + 1)
    const x = parameter('x', [numbers.length])
    const y = f(x)
    const [{ dense }] = gradients(sum(mul(y, input('w', [numbers.length]))), [x])
    const vector = (data: readonly number[]) => ({ data, shape: [data.length] })
    return evaluate({ value: y, gradient: dense as Node }, { x: vector(numbers), w: vector(w) })
  }

  test('[100, −100]: 1 and e⁻²⁰⁰', async () => {
    const gap = Math.exp(-200)
    const soft = await row(softmax, [100, -100])
    expectNumbers(soft.value, [1, gap])
    // y_i (w_i − Σ w·y), and Σ w·y = 1.
    expectNumbers(soft.gradient, [0, gap])
    const log = await row(logSoftmax, [100, -100])
    expectNumbers(log.value, [0, -200])
    // w_i − y_i Σ w.
    expectNumbers(log.gradient, [1 - 3, 2 - 3 * gap])
  })

  test('[10⁴, −10⁴, 0]: 1, 0, 0 and logarithms 0, −2·10⁴, −10⁴', async () => {
    const soft = await row(softmax, [1e4, -1e4, 0])
    expectNumbers(soft.value, [1, 0, 0])
    expectNumbers(soft.gradient, [0, 0, 0])
    const log = await row(logSoftmax, [1e4, -1e4, 0])
    expectNumbers(log.value, [0, -2e4, -1e4])
    expectNumbers(log.gradient, [1 - 6, 2, 3])
  })

  for (const same of [1e4, -1e4, -1e9])
    test(`four times ${same}, as where all is masked: ¼ each`, async () => {
      const soft = await row(softmax, [same, same, same, same])
      expectNumbers(soft.value, [0.25, 0.25, 0.25, 0.25])
      expectNumbers(soft.gradient, [-0.375, -0.125, 0.125, 0.375])
      const log = await row(logSoftmax, [same, same, same, same])
      expectNumbers(
        log.value.map((v) => Math.exp(v)),
        [0.25, 0.25, 0.25, 0.25],
      )
      expectNumbers(log.gradient, [1 - 2.5, 2 - 2.5, 3 - 2.5, 4 - 2.5])
    })

  for (const masked of [-1e9, -Infinity])
    test(`[0, ${masked}, 0, ${masked}]: ½, 0, ½, 0, and no gradient reaches the masked through softmax`, async () => {
      const soft = await row(softmax, [0, masked, 0, masked])
      expectNumbers(soft.value, [0.5, 0, 0.5, 0])
      expectNumbers(soft.gradient, [-0.5, 0, 0.5, 0])
      const log = await row(logSoftmax, [0, masked, 0, masked])
      expectNumbers(log.value, [-Math.LN2, masked - Math.LN2, -Math.LN2, masked - Math.LN2])
      expectNumbers(log.gradient, [1 - 5, 2, 3 - 5, 4])
    })

  test('of length 1: 1 and 0, gradient 0', async () => {
    for (const x of [-1e4, 0, 1e4]) {
      const soft = await row(softmax, [x])
      expectNumbers([...soft.value, ...soft.gradient], [1, 0])
      const log = await row(logSoftmax, [x])
      expectNumbers([...log.value, ...log.gradient], [0, 0])
    }
  })
})
