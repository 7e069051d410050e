import { describe, expect, test } from 'vitest'
import { evaluate } from '../../engine/testing/evaluate-nodes.ts'
import {
  gradients,
  input,
  labelLogProb,
  logSoftmax,
  type Node,
  parameter,
  pickLabels,
  sum,
} from '../index.ts'
import { expectNumbers } from '../testing/expect-numbers.ts'

describe('labelLogProb', () => {
  /** Logits are hidden · [1, −1, 0]. */
  const weight = { data: [1, -1, 0], shape: [3, 1] }

  async function at(hidden: number, label: number) {
    const h = parameter('hidden', [1, 1])
    const w = parameter('weight', [3, 1])
    const y = labelLogProb(h, w, input('labels', [1], 'i32'))
    const [forHidden, forWeight] = gradients(sum(y), [h, w])
    const { value, dHidden, dense, rows } = await evaluate(
      {
        value: y,
        dHidden: forHidden.dense as Node,
        dense: forWeight.dense as Node,
        rows: forWeight.rows[0].values,
      },
      {
        hidden: { data: [hidden], shape: [1, 1] },
        weight,
        labels: { data: [label], shape: [1] },
      },
    )
    dense[label] += rows[0]
    return { value: value[0], dHidden: dHidden[0], dWeight: dense }
  }

  for (const size of [100, 1e4]) {
    test(`the certain label among logits of ±${size}: 0, gradient 0`, async () => {
      const { value, dHidden, dWeight } = await at(size, 0)
      expect(value).toBeCloseTo(0, 15)
      expect(dHidden).toBeCloseTo(0, 15)
      expect([...dWeight].every((g) => Math.abs(g) < 1e-40 * size)).toBe(true)
    })

    test(`the impossible label among logits of ±${size}: −${2 * size}, gradients label − winner`, async () => {
      const { value, dHidden, dWeight } = await at(size, 1)
      expectNumbers([value], [-2 * size])
      // ∂hidden = W[label] − W[winner] = −1 − 1; ∂W = hidden at the label, −hidden at the winner.
      expectNumbers([dHidden], [-2])
      expectNumbers(dWeight.subarray(0, 2), [-size, size])
      expect(Math.abs(dWeight[2])).toBeLessThan(1e-40 * size)
    })
  }

  test('equal logits: −ln 3', async () => {
    const { value, dHidden, dWeight } = await at(0, 2)
    expectNumbers([value], [-Math.log(3)])
    expectNumbers([dHidden], [0])
    expectNumbers(dWeight, [0, 0, 0])
  })

  test('equals logSoftmax then pickLabels', async () => {
    const logits = input('logits', [2, 3])
    const labels = input('labels', [2], 'i32')
    const hidden = { data: [1e4, 0, 0, 0, -1e4, 5], shape: [2, 3] }
    const identity = { data: [1, 0, 0, 0, 1, 0, 0, 0, 1], shape: [3, 3] }
    const chosen = { data: [1, 2], shape: [2] }
    const { apart } = await evaluate(
      { apart: pickLabels(logSoftmax(logits), labels) },
      { logits: hidden, labels: chosen },
    )
    const { together } = await evaluate(
      { together: labelLogProb(logits, input('weight', [3, 3]), labels) },
      { logits: hidden, weight: identity, labels: chosen },
    )
    expect(together).toEqual(apart)
  })
})
