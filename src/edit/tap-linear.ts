import type { Node } from '../graph/index.ts'
import type { Weights } from '../model/model.ts'

/** Weights with which one linear layer gives `tap(x, y)` in place of its `y = x · weightᵀ + bias`. */
export function tapLinear(
  weights: Weights,
  linear: string,
  tap: (x: Node, y: Node) => Node,
): Weights {
  return {
    tensor: (name) => weights.tensor(name),
    linear(x, name) {
      const y = weights.linear(x, name)
      return name === linear ? tap(x, y) : y
    },
  }
}
