import { describe, type Node, topologicalOrder } from './node.ts'
import { isRowGradient, type RowGradient } from './op.ts'
import { add } from './ops/arithmetic.ts'
import { constant } from './ops/source.ts'

/** The gradient of one parameter: the dense part plus row updates that the host adds (see RowGradient). */
export interface ParameterGradient {
  readonly dense: Node | null
  readonly rows: readonly RowGradient[]
}

/**
 * Reverse-mode differentiation: ∂loss/∂w for each `w` of `wrt`, as new nodes over the same graph.
 *
 * Only what the wanted gradients need is built: no gradient of a frozen parameter exists, and nothing below the
 * first node that depends on a wanted one is differentiated.
 *
 * @param loss  `[]` f32
 * @param wrt   nodes of the graph, usually parameters
 * @returns one entry per `wrt`, in order; `dense: null, rows: []` where the loss does not depend on it
 * @throws if an op on the way has no gradient rule
 */
export function gradients(loss: Node, wrt: readonly Node[]): ParameterGradient[] {
  if (loss.shape.length !== 0)
    throw new Error(`internal: loss must be a scalar, got ${describe(loss)}`)
  const order = topologicalOrder([loss])
  const wanted = new Set(wrt)
  const active = new Set<Node>()
  for (const node of order)
    if (wanted.has(node) || node.inputs.some((input) => active.has(input))) active.add(node)

  const dense = new Map<Node, Node>()
  const rows = new Map<Node, RowGradient[]>()
  if (active.has(loss)) dense.set(loss, constant(Float32Array.of(1), []))
  for (const node of order.reverse()) {
    const upstream = dense.get(node)
    if (!active.has(node) || !upstream || !node.inputs.some((input) => active.has(input))) continue
    if (!node.op.gradient) throw new Error(`internal: ${describe(node)} has no gradient rule`)
    const needed = node.inputs.map((input) => active.has(input))
    const contributions = node.op.gradient(node, upstream, needed)
    node.inputs.forEach((input, i) => {
      const contribution = contributions[i]
      if (!needed[i] || !contribution) return
      if (isRowGradient(contribution)) {
        if (!wanted.has(input))
          throw new Error(`internal: row gradient of ${describe(input)}, which is not a parameter`)
        rows.set(input, [...(rows.get(input) ?? []), contribution])
        return
      }
      const sum = dense.get(input)
      dense.set(input, sum ? add(sum, contribution) : contribution)
    })
  }
  return wrt.map((node) => ({ dense: dense.get(node) ?? null, rows: rows.get(node) ?? [] }))
}
