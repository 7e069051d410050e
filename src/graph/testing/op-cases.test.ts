import { expect, test } from 'vitest'
import * as graph from '../index.ts'
import { forwardGraph } from './case-graph.ts'
import { opCases } from './op-cases.ts'

/** Functions of the graph that make no value. */
const notOps = [
  'AxisBinder',
  'ShapeError',
  'bindDim',
  'bindShape',
  'describe',
  'gradients',
  'isRowGradient',
  'topologicalOrder',
]

test('every op that the graph exports has a case, and every case an op', () => {
  const exported = Object.entries(graph).flatMap(([name, value]) =>
    typeof value === 'function' && !notOps.includes(name) ? [name] : [],
  )
  expect([...new Set(opCases.map(({ op }) => op))].sort()).toEqual(exported.sort())
})

test('every op is met by a case in which its gradient is asked for, or has none', () => {
  const without = ['argMax', 'cachedAttention', 'input', 'parameter', 'part', 'sign']
  const differentiated = opCases.flatMap(({ op, inputs }) =>
    Object.values(inputs).some(({ differentiable }) => differentiable) ? [op] : [],
  )
  const all = new Set(opCases.map(({ op }) => op))
  expect([...all].filter((op) => !differentiated.includes(op)).sort()).toEqual(without)
})

test('case names are unique, and every input of a case is used', () => {
  const names = opCases.map(({ op, name }) => `${op} ${name}`)
  expect(new Set(names).size).toBe(names.length)
  for (const opCase of opCases) {
    const used = graph
      .topologicalOrder(Object.values(forwardGraph(opCase).outputs))
      .flatMap(({ attributes: { name } }) => (typeof name === 'string' ? [name] : []))
    const unused = Object.keys(opCase.inputs).filter((name) => !used.includes(name))
    if (opCase.op !== 'part' && opCase.op !== 'cachedAttention')
      expect(unused, opCase.name).toEqual([])
  }
})
