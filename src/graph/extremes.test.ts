import { describe, expect, test } from 'vitest'
import { evaluate } from '../engine/testing/evaluate.ts'
import {
  add,
  attention,
  exp,
  gradients,
  input,
  labelLogProb,
  logSigmoid,
  logSoftmax,
  mul,
  type Node,
  parameter,
  pickLabels,
  rmsNorm,
  sigmoid,
  silu,
  softmax,
  softplus,
  sum,
  tanh,
} from './index.ts'
import { caseTensors, gradientGraph } from './testing/case-graph.ts'
import { opCases } from './testing/op-cases.ts'

/** f(x) and f′(x) of an elementwise function. */
async function valueAndSlope(f: (x: Node) => Node, at: readonly number[]) {
  const x = parameter('x', [at.length])
  const y = f(x)
  const [{ dense }] = gradients(sum(y), [x])
  const given = { x: { data: at, shape: [at.length] } }
  const { value, slope } = await evaluate({ value: y, slope: dense as Node }, given)
  return { value: [...value], slope: [...slope] }
}

/** Equal to 15 digits; 0 and −0 are the same. */
function expectNumbers(got: ArrayLike<number>, expected: readonly number[]): void {
  expect(got.length).toBe(expected.length)
  expected.forEach((value, i) => {
    const error = Math.abs(got[i] - value)
    expect(
      got[i] === value || error <= 1e-15 * Math.abs(value),
      `[${i}]: ${value}, got ${got[i]}`,
    ).toBe(true)
  })
}

describe('elementwise functions at −10⁴, −100, 0, 100, 10⁴', () => {
  const at = [-1e4, -100, 0, 100, 1e4]
  const tiny = Math.exp(-100)

  test('sigmoid: 0, e⁻¹⁰⁰, ½, 1, 1 with the slope σ(1 − σ)', async () => {
    const { value, slope } = await valueAndSlope(sigmoid, at)
    expectNumbers(value, [0, tiny, 0.5, 1, 1])
    expectNumbers(slope, [0, tiny, 0.25, 0, 0])
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

  test('tanh: ±1 with the slope 0', async () => {
    const { value, slope } = await valueAndSlope(tanh, at)
    expectNumbers(value, [-1, -1, 0, 1, 1])
    expectNumbers(slope, [0, 0, 1, 0, 0])
  })

  test('exp: 0 and 0 at −10⁴, no NaN', async () => {
    expect(await valueAndSlope(exp, [-1e4])).toEqual({ value: [0], slope: [0] })
  })
})

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

describe('every extreme case has finite gradients in float64', () => {
  for (const opCase of opCases.filter(({ kind }) => kind === 'extreme'))
    test(`${opCase.op} ${opCase.name}`, async () => {
      const graph = gradientGraph(opCase)
      const parts = Object.values(graph?.of ?? {}).flatMap(({ dense, rows }) => [
        ...(dense ? [dense] : []),
        ...rows.map(({ values }) => values),
      ])
      expect(parts.length).toBeGreaterThan(0)
      const results = await evaluate(graph!.outputs, caseTensors(graph!.inputs, {}))
      for (const name of parts)
        expect(results[name].every(Number.isFinite), `${name}: ${results[name]}`).toBe(true)
    })
})

test('the margin of a preference loss at ±10⁴ has the slope −1 and 0', async () => {
  // −ln σ(margin), as NPO and its kin use it.
  const loss = (x: Node) => softplus(add(x, x))
  const { value, slope } = await valueAndSlope(loss, [-1e4, 1e4])
  expectNumbers(value, [0, 2e4])
  expectNumbers(slope, [0, 2])
})
