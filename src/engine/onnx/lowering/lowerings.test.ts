import { expect, test } from 'vitest'
import { type Node, topologicalOrder } from '../../../graph/index.ts'
import { forwardGraph, gradientGraph } from '../../../graph/testing/case-graph.ts'
import { opCases } from '../../../graph/testing/op-cases.ts'
import { lowerings } from './lowerings.ts'

/** Every op that computes something: an exported one has a case, and brings those that it and its gradient are made of. */
const ops = new Set(
  opCases.flatMap((opCase) =>
    [forwardGraph(opCase), gradientGraph(opCase)].flatMap((graph) =>
      topologicalOrder(Object.values<Node>(graph?.outputs ?? {})).flatMap((node) =>
        node.op.isSource || node.op.selects ? [] : [node.op],
      ),
    ),
  ),
)

test('no op lacks a lowering, and no lowering an op', () => {
  expect(Object.keys(lowerings).sort()).toEqual([...ops].map(({ name }) => name).sort())
})
