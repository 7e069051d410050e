import { bindShape, type Node, type Shape, topologicalOrder } from '../../graph/index.ts'
import { type Bindings, sameShape } from '../../graph/shape.ts'
import type { PortSpec } from '../engine.ts'
import { inputPorts } from '../ports.ts'
import { Emitter } from './emitter.ts'
import { elementTypes } from './lowering/lowering.ts'
import { loweringOf } from './lowering/lowerings.ts'
import { takesAddend } from './lowering/matmul.ts'
import { encodeModel } from './proto.ts'

/** A graph as ONNX, and what the engine must feed besides the graph's own inputs. */
export interface LoweredGraph {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly inputs: readonly PortSpec[]
  readonly outputs: readonly PortSpec[]
  /** int64 vectors that hold shapes known only at run time, by input name. */
  readonly shapeFeeds: ReadonlyMap<string, Shape>
}

/** The value of a shape feed in a run. */
export function shapeFeed(shape: Shape, bindings: Bindings): BigInt64Array {
  return BigInt64Array.from(bindShape(shape, bindings), BigInt)
}

/** ONNX's name of a result; a result may have the name of an input, which ONNX allows to nothing else. */
export function resultName(output: string): string {
  return `result ${output}`
}

/** Lowers a graph to one ONNX model: named inputs stay inputs, so weights are never copied into it. */
export function lower(outputs: Readonly<Record<string, Node>>): LoweredGraph {
  const order = topologicalOrder(Object.values(outputs))
  const emitter = new Emitter()
  const folded = foldableSums(order, Object.values(outputs))
  const skipped = new Set([...folded.values()].map((index) => index.product))
  const names = new Map<Node, string | readonly string[]>()
  const nameOf = (node: Node): string => {
    const name = names.get(node)
    return typeof name === 'string' ? name : (name as readonly string[])[0]
  }
  for (const node of order) {
    if (skipped.has(node)) continue
    const fold = folded.get(node)
    const index = node.op.selects?.(node)
    if (node.op.isSource) names.set(node, node.attributes.name as string)
    else if (index !== undefined)
      names.set(node, (names.get(node.inputs[0]) as readonly string[])[index])
    else if (fold) {
      const { product, addend } = fold
      names.set(
        node,
        loweringOf(product)(emitter, product, product.inputs.map(nameOf), nameOf(addend)),
      )
    } else names.set(node, loweringOf(node)(emitter, node, node.inputs.map(nameOf)))
  }
  const results = Object.entries(outputs).map(([name, node]) => {
    emitter.nameOutput(nameOf(node), resultName(name))
    return { name, shape: node.shape, dtype: node.dtype }
  })
  const inputs = inputPorts(outputs)
  const port = ({ name, shape, dtype }: PortSpec) => ({
    name,
    shape,
    elementType: elementTypes[dtype],
  })
  return {
    bytes: encodeModel({
      nodes: emitter.finishedNodes(),
      constants: emitter.constants,
      inputs: [
        ...inputs.map(port),
        ...[...emitter.shapeFeeds].map(([name, shape]) => ({
          name,
          elementType: elementTypes.i64,
          shape: [shape.length],
        })),
      ],
      outputs: results.map((result) => port({ ...result, name: resultName(result.name) })),
    }),
    inputs,
    outputs: results,
    shapeFeeds: emitter.shapeFeeds,
  }
}

/** Sums that a product can do on the way: the product has no other user and the other term has the sum's shape. */
function foldableSums(
  order: readonly Node[],
  outputs: readonly Node[],
): Map<Node, { product: Node; addend: Node }> {
  const uses = new Map<Node, number>()
  const use = (node: Node) => uses.set(node, (uses.get(node) ?? 0) + 1)
  for (const node of order) node.inputs.forEach(use)
  outputs.forEach(use)
  const folded = new Map<Node, { product: Node; addend: Node }>()
  for (const node of order) {
    if (node.op.name !== 'add') continue
    const [a, b] = node.inputs
    for (const [product, addend] of [
      [b, a],
      [a, b],
    ])
      if (
        product !== addend &&
        takesAddend(product) &&
        uses.get(product) === 1 &&
        sameShape(product.shape, node.shape)
      ) {
        folded.set(node, { product, addend })
        break
      }
  }
  return folded
}
