import { bindShape, type Node, topologicalOrder } from '../../graph/index.ts'
import { type Bindings, sizeOf } from '../../graph/shape.ts'
import { inputPorts } from '../ports.ts'
import { Emitter, typeOf, type Value } from './emitter.ts'
import { loweringOf } from './lowering/lowerings.ts'

/**
 * A graph as StableHLO for given lengths of its axes.
 *
 * Arguments and results are flat, in the order of the graph's inputs and outputs: a buffer then fits every program, whatever
 * shape it is read in.
 *
 * @param overwritten for an input's position that of the output that takes its memory
 */
export function lower(
  outputs: Readonly<Record<string, Node>>,
  bindings: Bindings,
  overwritten: ReadonlyMap<number, number> = new Map(),
): string {
  const to = new Emitter()
  const values = new Map<Node, Value | readonly Value[]>()
  const first = (node: Node): Value => {
    const value = values.get(node) as Value | readonly Value[]
    return 'name' in value ? value : value[0]
  }
  const inputs = inputPorts(outputs)
  const flat = inputs.map(({ shape, dtype }, i): Value => {
    return { name: `%arg${i}`, shape: [sizeOf(bindShape(shape, bindings))], dtype }
  })
  const position = new Map(inputs.map(({ name }, i) => [name, i]))
  for (const node of topologicalOrder(Object.values(outputs))) {
    const { op, attributes } = node
    const shape = bindShape(node.shape, bindings)
    const index = op.selects?.(node)
    if (op.isSource) {
      const argument = flat[position.get(attributes.name as string) as number]
      values.set(node, to.reshape(argument, shape))
    } else if (index !== undefined)
      values.set(node, (values.get(node.inputs[0]) as readonly Value[])[index])
    else values.set(node, loweringOf(node)(to, node.inputs.map(first), attributes, shape))
  }
  const results = Object.values(outputs).map((node) => {
    const value = first(node)
    return to.reshape(value, [sizeOf(value.shape)])
  })
  const parameters = flat.map((value, i) => {
    const output = overwritten.get(i)
    const alias = output === undefined ? '' : ` {tf.aliasing_output = ${output} : i32}`
    return `${value.name}: ${typeOf(value)}${alias}`
  })
  const types = results.map(typeOf).join(', ')
  return [
    'module @lethe {',
    `func.func public @main(${parameters.join(', ')}) -> (${types}) {`,
    ...to.lines,
    `return ${results.map(({ name }) => name).join(', ')} : ${types}`,
    '}',
    '}',
    '',
  ].join('\n')
}
