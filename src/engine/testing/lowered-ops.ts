import { type Node, topologicalOrder } from '../../graph/index.ts'
import { forwardGraph, gradientGraph } from '../../graph/testing/case-graph.ts'
import { opCases } from '../../graph/testing/op-cases.ts'

/** The name of every op that computes something: an exported one has a case, and brings those that it and its gradient are made of. */
export const loweredOps: readonly string[] = [
  ...new Set(
    opCases.flatMap((opCase) =>
      [forwardGraph(opCase), gradientGraph(opCase)].flatMap((graph) =>
        topologicalOrder(Object.values<Node>(graph?.outputs ?? {})).flatMap(({ op }) =>
          op.isSource || op.selects ? [] : [op.name],
        ),
      ),
    ),
  ),
].sort()
