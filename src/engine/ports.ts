import { AxisBinder, bindShape, type Node, ShapeError, topologicalOrder } from '../graph/index.ts'
import { formatShape, sizeOf } from '../graph/shape.ts'
import type { DeviceBuffer, PortSpec, Program, Tensor, TypedArray } from './engine.ts'

/** The named inputs a graph's outputs depend on, in a deterministic order. */
export function inputPorts(outputs: Readonly<Record<string, Node>>): PortSpec[] {
  const ports = new Map<string, { port: PortSpec; node: Node }>()
  for (const node of topologicalOrder(Object.values(outputs))) {
    if (!node.op.isSource) continue
    const name = node.attributes.name as string
    const known = ports.get(name)
    if (known && known.node !== node)
      throw new Error(`internal: two inputs of one graph are named ${name}`)
    ports.set(name, { port: { name, shape: node.shape, dtype: node.dtype }, node })
  }
  return [...ports.values()].map(({ port }) => port)
}

/**
 * Checks one run's arrays against the ports and learns the axis lengths.
 *
 * @throws ShapeError naming the input or output, what was expected and what came
 */
export function bindRun(
  inputs: readonly PortSpec[],
  outputs: readonly PortSpec[],
  given: Readonly<Record<string, Tensor>>,
  results: Readonly<Record<string, TypedArray | DeviceBuffer>>,
): ReadonlyMap<string, number> {
  const binder = new AxisBinder()
  for (const { name, shape } of inputs)
    if (!given[name]) throw new ShapeError(name, formatShape(shape), 'nothing')
  binder.bindAll(inputs.map(({ name, shape }) => ({ name, shape, got: given[name].shape })))
  for (const { name } of inputs) {
    const { data, shape } = given[name]
    if (data.length !== sizeOf(shape))
      throw new ShapeError(
        name,
        `${sizeOf(shape)} elements for [${shape.join(', ')}]`,
        `${data.length}`,
      )
  }
  for (const { name, shape } of outputs) {
    const array = results[name]
    if (!array) throw new ShapeError(`output ${name}`, formatShape(shape), 'no array to write into')
    const bound = bindShape(shape, binder.bindings)
    if (array.length !== sizeOf(bound))
      throw new ShapeError(
        `output ${name}`,
        `${formatShape(shape)} = [${bound.join(', ')}], ${sizeOf(bound)} elements`,
        `${array.length}`,
      )
  }
  return binder.bindings
}

/** Those of the given values that a program takes, e.g. its weights out of all of a model's. */
export function valuesFor(
  program: Program,
  values: ReadonlyMap<string, Tensor>,
): Record<string, Tensor> {
  const wanted = new Set(program.inputs.map(({ name }) => name))
  return Object.fromEntries([...values].filter(([name]) => wanted.has(name)))
}
