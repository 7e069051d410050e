import type { Attributes, DType, Node, Op } from './op.ts'
import { formatShape } from './shape.ts'

/** Makes the node of an op, checking shapes on the way. */
export function apply(op: Op, inputs: readonly Node[], attributes: Attributes = {}): Node {
  const { shape, dtype } = op.infer(inputs, attributes)
  return { op, inputs, attributes, shape, dtype }
}

/** Every node reachable from `outputs`, inputs before users, in a deterministic order. */
export function topologicalOrder(outputs: readonly Node[]): Node[] {
  const order: Node[] = []
  const seen = new Set<Node>()
  const stack: { node: Node; next: number }[] = []
  for (const output of outputs) {
    if (!seen.has(output)) stack.push({ node: output, next: 0 })
    seen.add(output)
    while (stack.length > 0) {
      const top = stack[stack.length - 1]
      if (top.next === top.node.inputs.length) {
        order.push(top.node)
        stack.pop()
        continue
      }
      const input = top.node.inputs[top.next++]
      if (seen.has(input)) continue
      seen.add(input)
      stack.push({ node: input, next: 0 })
    }
  }
  return order
}

/** The node for messages: `matmul [batch, seq, 64]`. */
export function describe(node: Node): string {
  const name = typeof node.attributes.name === 'string' ? ` ${node.attributes.name}` : ''
  return `${node.op.name}${name} ${formatShape(node.shape)}`
}

export type { Attributes, DType, Node }
