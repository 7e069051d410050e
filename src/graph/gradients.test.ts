import { describe, expect, test } from 'vitest'
import { evaluate, type Numbers } from '../engine/testing/evaluate-nodes.ts'
import {
  add,
  embedding,
  gradients,
  input,
  isRowGradient,
  labelLogProb,
  matmul,
  mul,
  type Node,
  parameter,
  rmsNorm,
  scale,
  silu,
  square,
  stopGradient,
  sum,
  tanh,
  topologicalOrder,
} from './index.ts'
import { caseTensors, gradientGraph } from './testing/case-graph.ts'
import type { AxisLengths, OpCase } from './testing/op-case.ts'
import { opCases } from './testing/op-cases.ts'

/** Central differences are right to about h² + ε/h ≈ 10⁻¹⁰ of the numbers that meet in one value. */
const tolerance = 1e-8

describe('reverse mode agrees with central differences in float64', () => {
  for (const opCase of opCases) {
    const differentiable = Object.values(opCase.inputs).some((x) => x.differentiable)
    if (!differentiable || opCase.kind !== 'ordinary') continue
    test(`${opCase.op} ${opCase.name}`, async () => {
      for (const lengths of opCase.runs) await compareWithDifferences(opCase, lengths)
    })
  }
})

async function compareWithDifferences(opCase: OpCase, lengths: AxisLengths): Promise<void> {
  const graph = gradientGraph(opCase)
  if (!graph) throw new Error('nothing to differentiate')
  const given: Record<string, Numbers> = caseTensors(graph.inputs, lengths)
  const results = await evaluate(graph.outputs, given)
  const values = Object.keys(results).filter((name) => `w.${name}` in graph.inputs)
  const forward = Object.fromEntries(values.map((name) => [name, graph.outputs[name]]))
  const lossAt = async (changed: Record<string, Numbers>) => {
    const at = await evaluate(forward, changed)
    return values.reduce((total, name) => total + dot(at[name], given[`w.${name}`].data), 0)
  }
  for (const [name, { dense, rows }] of Object.entries(graph.of)) {
    const { data, shape } = given[name]
    const gradient = dense ? results[dense].slice() : new Float64Array(data.length)
    for (const row of rows) scatter(gradient, results[row.indices], results[row.values], shape[1])
    expect(gradient.length).toBe(data.length)
    for (let i = 0; i < data.length; i++) {
      const h = Math.cbrt(Number.EPSILON) * Math.max(1, Math.abs(data[i]))
      const moved = (to: number) => {
        const changed = Float64Array.from(data)
        changed[i] = to
        return { ...given, [name]: { data: changed, shape } }
      }
      const above = data[i] + h
      const below = data[i] - h
      const slope = ((await lossAt(moved(above))) - (await lossAt(moved(below)))) / (above - below)
      const error = Math.abs(gradient[i] - slope)
      expect(error, `∂${name}[${i}] = ${gradient[i]}, differences give ${slope}`).toBeLessThan(
        tolerance * Math.max(1, Math.abs(slope)),
      )
    }
  }
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let total = 0
  for (let i = 0; i < a.length; i++) total += a[i] * b[i]
  return total
}

/** What the host does with a row gradient. */
function scatter(
  target: Float64Array,
  indices: Float64Array,
  values: Float64Array,
  width: number,
): void {
  indices.forEach((row, n) => {
    for (let i = 0; i < width; i++) target[row * width + i] += values[n * width + i]
  })
}

describe('a value used more than once', () => {
  const x = parameter('x', [])
  const slope = async (loss: Node, at: number) => {
    const [{ dense }] = gradients(loss, [x])
    const { g } = await evaluate({ g: dense as Node }, { x: { data: [at], shape: [] } })
    return g[0]
  }

  test('x·x + 3x has the gradient 2x + 3', async () => {
    expect(await slope(add(mul(x, x), scale(x, 3)), 5)).toBe(13)
  })

  test('y = x², y·y + y has the gradient 4x³ + 2x', async () => {
    const y = square(x)
    expect(await slope(add(mul(y, y), y), 3)).toBe(4 * 27 + 6)
  })

  test('x doubled forty times has the gradient 2⁴⁰, from a graph that grows by a constant', async () => {
    let y: Node = x
    for (let i = 0; i < 40; i++) y = add(y, y)
    const [{ dense }] = gradients(y, [x])
    expect(topologicalOrder([dense as Node]).length).toBeLessThan(100)
    expect(await slope(y, 1)).toBe(2 ** 40)
  })

  test('through stopGradient the second use adds nothing: x · stop(x²) has the gradient x²', async () => {
    expect(await slope(mul(x, stopGradient(square(x))), 3)).toBe(9)
    expect(gradients(stopGradient(square(x)), [x])).toEqual([{ dense: null, rows: [] }])
  })
})

describe('only what is asked for is built', () => {
  const layer = (x: Node, i: number) => {
    const normed = rmsNorm(x, parameter(`norm.${i}`, [4]), 1e-5)
    return add(x, silu(matmul(normed, parameter(`weight.${i}`, [4, 4]))))
  }
  const tokens = input('tokens', ['rows'], 'i32')
  const model = (table: Node, layers = 3) => {
    let x: Node = embedding(table, tokens)
    for (let i = 0; i < layers; i++) x = layer(x, i)
    return sum(x)
  }
  const named = (loss: Node, name: string) =>
    topologicalOrder([loss]).find(({ attributes }) => attributes.name === name) as Node
  const added = (loss: Node, names: readonly string[]) => {
    const before = new Set(topologicalOrder([loss]))
    const results = gradients(
      loss,
      names.map((name) => named(loss, name)),
    ).flatMap(({ dense, rows }) => [...(dense ? [dense] : []), ...rows.map((row) => row.values)])
    return topologicalOrder(results).filter((node) => !before.has(node))
  }

  test('a frozen weight has no gradient product of its own', () => {
    const loss = model(parameter('table', [9, 4]))
    const products = (names: string[]) => countOps(added(loss, names)).matmul
    // Per layer: one product for the weight, one for its input, one inside the norm's input gradient.
    expect(products(['weight.2'])).toBe(1)
    expect(products(['weight.1', 'weight.2'])).toBe(2 + 2)
    expect(products(['weight.1'])).toBe(1 + 2)
    expect(products(['weight.0', 'weight.1', 'weight.2'])).toBe(3 + 4)
  })

  test('nothing below the first trained weight is differentiated, however much there is', () => {
    for (const layers of [1, 3, 10]) {
      const loss = model(parameter('table', [9, 4]), layers)
      expect(countOps(added(loss, [`weight.${layers - 1}`]))).toEqual({
        // d(sum) = 1, repeated; σ + y − y·σ, times it; inputᵀ times that.
        ...{ constant: 1, reshape: 1, expand: 1 },
        ...{ mul: 2, sub: 1, add: 1 },
        matmul: 1,
      })
    }
  })

  test('a weight that the loss does not reach has no gradient, and costs no nodes', () => {
    const loss = sum(tanh(parameter('used', [3])))
    const apart = parameter('apart', [3])
    expect(gradients(loss, [apart])).toEqual([{ dense: null, rows: [] }])
    expect(gradients(stopGradient(loss), [named(loss, 'used')])).toEqual([
      { dense: null, rows: [] },
    ])
  })

  test('gradients come in the order asked for, and of inner values too', async () => {
    const a = parameter('a', [])
    const b = parameter('b', [])
    const inner = mul(a, b)
    const [forB, forInner, forA] = gradients(square(inner), [b, inner, a])
    const at = { a: { data: [2], shape: [] }, b: { data: [5], shape: [] } }
    const outputs = { b: forB.dense, inner: forInner.dense, a: forA.dense } as Record<string, Node>
    const { b: db, inner: dInner, a: da } = await evaluate(outputs, at)
    expect([db[0], dInner[0], da[0]]).toEqual([40, 20, 100])
  })

  test('a tied table has a dense part from the head and rows from both uses', () => {
    const table = parameter('table', [9, 4])
    const labels = input('labels', ['rows'], 'i32')
    const [{ dense, rows }] = gradients(
      sum(labelLogProb(embedding(table, tokens), table, labels)),
      [table],
    )
    expect(dense?.shape).toEqual([9, 4])
    expect(rows.map(({ indices }) => indices)).toEqual([labels, tokens])
    expect(rows.every(isRowGradient)).toBe(true)
  })
})

/** Number of nodes by op name. */
function countOps(nodes: readonly Node[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { op } of nodes) counts[op.name] = (counts[op.name] ?? 0) + 1
  return counts
}

describe('what cannot be differentiated says so', () => {
  test('a loss that is not a scalar', () => {
    const x = parameter('x', [3])
    expect(() => gradients(x, [x])).toThrow('internal: loss must be a scalar, got input x [3]')
  })

  test('a row gradient into a value that is not a parameter', () => {
    const table = parameter('table', [3, 2])
    const loss = sum(embedding(scale(table, 2), input('tokens', [2], 'i32')))
    expect(() => gradients(loss, [table])).toThrow('internal: row gradient of scale [3, 2]')
  })
})

describe('gradients of gradients', () => {
  test('tanh: −2·tanh·(1 − tanh²)', async () => {
    const x = parameter('x', [])
    const [first] = gradients(tanh(x), [x])
    const [second] = gradients(first.dense as Node, [x])
    const { g } = await evaluate({ g: second.dense as Node }, { x: { data: [0.5], shape: [] } })
    const t = Math.tanh(0.5)
    expect(g[0]).toBeCloseTo(-2 * t * (1 - t * t), 14)
  })

  test('silu: σ′·(2 + x·(1 − 2σ))', async () => {
    const x = parameter('x', [])
    const [first] = gradients(silu(x), [x])
    const [second] = gradients(first.dense as Node, [x])
    const { g } = await evaluate({ g: second.dense as Node }, { x: { data: [0.5], shape: [] } })
    const s = 1 / (1 + Math.exp(-0.5))
    expect(g[0]).toBeCloseTo(s * (1 - s) * (2 + 0.5 * (1 - 2 * s)), 14)
  })
})

describe('gradients at the edge of the number range are finite', () => {
  const differentiated = opCases.filter(
    ({ kind, inputs }) =>
      kind === 'extreme' && Object.values(inputs).some(({ differentiable }) => differentiable),
  )
  for (const opCase of differentiated)
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
