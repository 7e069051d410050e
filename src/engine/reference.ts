import { type Node, topologicalOrder } from '../graph/index.ts'
import type { Value } from '../graph/op.ts'
import type { Engine, Program } from './engine.ts'
import { hostArray, hostMemory } from './host-memory.ts'
import { bindRun, inputPorts } from './ports.ts'

/** Evaluates a graph in float64, plainly and slowly: what every fast path is tested against. */
export const referenceEngine: Engine = {
  id: 'reference',
  threads: 1,
  memory: hostMemory,
  compile: async (outputs) => compileReference(outputs),
  dispose() {},
}

function compileReference(outputs: Readonly<Record<string, Node>>): Program {
  const order = topologicalOrder(Object.values(outputs))
  const inputs = inputPorts(outputs)
  const results = Object.entries(outputs).map(([name, { shape, dtype }]) => ({
    name,
    shape,
    dtype,
  }))
  let disposed = false
  return {
    inputs,
    outputs: results,
    async run(given, into) {
      if (disposed) throw new Error('internal: run of a disposed program')
      const bindings = bindRun(inputs, results, given, into)
      const values = new Map<Node, Value | readonly Value[]>()
      const resultOf = (node: Node): Value => {
        const value = values.get(node)
        return Array.isArray(value) ? value[0] : (value as Value)
      }
      for (const node of order) {
        if (node.op.isSource) {
          const tensor = given[node.attributes.name as string]
          values.set(node, {
            shape: tensor.shape,
            data: Float64Array.from(hostArray(tensor.data), Number),
          })
          continue
        }
        const index = node.op.selects?.(node)
        if (index !== undefined) {
          values.set(node, (values.get(node.inputs[0]) as readonly Value[])[index])
          continue
        }
        values.set(node, node.op.evaluate(node, node.inputs.map(resultOf), bindings))
      }
      for (const [name, node] of Object.entries(outputs)) {
        const { data } = resultOf(node)
        const target = hostArray(into[name])
        for (let i = 0; i < data.length; i++)
          if (target instanceof BigInt64Array) target[i] = BigInt(data[i])
          else target[i] = data[i]
      }
    },
    dispose() {
      disposed = true
    },
  }
}
