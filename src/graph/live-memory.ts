import { type Node, topologicalOrder } from './node.ts'
import { type Bindings, bindShape, sizeOf } from './shape.ts'

const bytesPerElement = 4

/**
 * Peak bytes of intermediate values when a graph is run in order: each value lives from where it is computed to its
 * last use. Inputs, constants and outputs are not counted: they belong to the caller.
 *
 * Views take nothing; elementwise results take over the memory of an input that dies there; a sum that is folded
 * into a product takes over the product's.
 *
 * Differs from the runtime's own peak by its arena's rounding and by temporaries inside single kernels.
 */
export function peakIntermediateBytes(outputs: readonly Node[], bindings: Bindings): number {
  const order = topologicalOrder(outputs)
  const storage = new Map<Node, Node>()
  const storageOf = (node: Node): Node => storage.get(node) ?? node
  for (const node of order) if (node.op.isView) storage.set(node, storageOf(node.inputs[0]))

  const lastUse = new Map<Node, number>()
  for (const [index, node] of order.entries())
    for (const input of node.inputs) lastUse.set(storageOf(input), index)
  const external = new Set(outputs.map(storageOf))
  const counted = (node: Node) =>
    !node.op.isSource && node.op.name !== 'constant' && !external.has(node)
  const bytesOf = (node: Node) => bytesPerElement * sizeOf(bindShape(node.shape, bindings))

  let live = 0
  let peak = 0
  for (const [index, node] of order.entries()) {
    if (storage.has(node)) continue
    const dying = [...new Set(node.inputs.map(storageOf))].filter(
      (input) => counted(input) && lastUse.get(input) === index,
    )
    const freed = dying.reduce((total, input) => total + bytesOf(input), 0)
    const own = counted(node) ? bytesOf(node) : 0
    const reused = node.op.isElementwise && dying.some((input) => bytesOf(input) === own) ? own : 0
    live += own - reused
    peak = Math.max(peak, live)
    live -= freed - reused
    if (own > 0 && !lastUse.has(node)) live -= own
  }
  return peak
}
