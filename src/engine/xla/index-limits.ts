import { bindDim, type Dim, type Node, topologicalOrder } from '../../graph/index.ts'
import type { Bindings } from '../../graph/shape.ts'
import type { Tensor } from '../engine.ts'

/** Which input of an op holds numbers of rows or columns, and of what: an axis of another input. */
const indexed: Readonly<Record<string, { index: number; of: number; axis: number }>> = {
  embedding: { index: 1, of: 0, axis: 0 },
  gatherRows: { index: 1, of: 0, axis: 0 },
  pickLabels: { index: 1, of: 0, axis: 1 },
  labelLogProb: { index: 2, of: 1, axis: 0 },
  rotary: { index: 3, of: 1, axis: 0 },
}

/** An input of a graph that numbers rows or columns, and how many there are. */
export interface IndexLimit {
  readonly name: string
  readonly limit: Dim
}

/** The inputs that XLA would clamp in silence where they are out of range. */
export function indexLimits(outputs: readonly Node[]): IndexLimit[] {
  return topologicalOrder(outputs).flatMap(({ op, inputs }) => {
    const place = indexed[op.name]
    let index: Node | undefined = place && inputs[place.index]
    while (index?.op.isView) index = index.inputs[0]
    if (!index?.op.isSource) return []
    return [{ name: index.attributes.name as string, limit: inputs[place.of].shape[place.axis] }]
  })
}

/** @throws RangeError for a number out of range in an array; what a device keeps was computed there */
export function requireInRange(
  limits: readonly IndexLimit[],
  given: Readonly<Record<string, Tensor>>,
  bindings: Bindings,
): void {
  for (const { name, limit } of limits) {
    const { data } = given[name]
    const end = bindDim(limit, bindings)
    if (data instanceof Int32Array)
      for (const index of data)
        if (index < 0 || index >= end)
          throw new RangeError(`${name}: expected 0 to ${end - 1}, got ${index}`)
  }
}
