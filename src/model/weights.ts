import { add, matmul, type Node, parameter } from '../graph/index.ts'
import type { Adapter } from './adapter/adapter.ts'
import type { GraphWeights, LanguageModel } from './model.ts'

/**
 * The model's weights as graph inputs by their names, with an adapter where there is one.
 *
 * @returns the access the model uses, and `node(name)` for differentiating
 */
export function graphWeights(model: LanguageModel, adapter: Adapter | null = null): GraphWeights {
  const shapes = new Map([...model.parameters, ...(adapter?.shapes ?? [])])
  const nodes = new Map<string, Node>()
  const node = (name: string): Node => {
    const known = nodes.get(name)
    if (known) return known
    const shape = shapes.get(name)
    if (!shape) throw new Error(`internal: no weight ${name}`)
    const made = parameter(name, shape)
    nodes.set(name, made)
    return made
  }
  const plain: GraphWeights = {
    node,
    tensor: node,
    linear(x, name) {
      const transposeB = !model.transposed.has(name)
      const y = matmul(x, node(`${name}.weight`), { transposeB })
      return shapes.has(`${name}.bias`) ? add(y, node(`${name}.bias`)) : y
    },
  }
  return adapter ? { ...adapter.adapt(plain), node } : plain
}
