import { referenceEngine } from '../../../engine/reference.ts'
import { input, type Node } from '../../../graph/index.ts'
import type { MatrixRule } from '../matrix-rule.ts'
import type { Optimizer } from '../optimizer.ts'

export interface OptimizerValues {
  parameter: Float64Array
  slots: Record<string, Float64Array>
}

/** The graph form of an update, inputs and outputs by name. */
export function updateGraph(optimizer: Optimizer): Record<string, Node> {
  const vector = (name: string) => input(name, ['size'])
  const { parameter, slots } = optimizer.update({
    parameter: vector('parameter'),
    gradient: vector('gradient'),
    slots: Object.fromEntries(optimizer.slots.map((name) => [name, vector(name)])),
    scalars: Object.fromEntries(optimizer.scalarNames.map((name) => [name, input(name, [])])),
  })
  return { parameter, ...slots }
}

/** The graph form of a rule for matrices, inputs and outputs by name. */
export function matrixGraph(rule: MatrixRule, isTall: boolean): Record<string, Node> {
  const matrix = (name: string) => input(name, ['rows', 'columns'])
  const { parameter, slots } = rule.update(
    {
      parameter: matrix('parameter'),
      gradient: matrix('gradient'),
      slots: Object.fromEntries(rule.slots.map((name) => [name, matrix(name)])),
      scalars: Object.fromEntries(
        rule.scalarNames.map((name) => [name, input(`scalar ${name}`, [])]),
      ),
    },
    isTall,
  )
  return { parameter, ...slots }
}

/** One update through the graph form in float64, for tests: what the loop and other libraries are held against. */
export async function updateByGraph(
  optimizer: Optimizer,
  values: OptimizerValues,
  gradient: ArrayLike<number>,
  scalars: Record<string, number>,
): Promise<OptimizerValues> {
  const program = await referenceEngine.compile(updateGraph(optimizer))
  const shape = [values.parameter.length]
  const inputs = Object.fromEntries([
    ['parameter', { data: values.parameter, shape }],
    ['gradient', { data: Float64Array.from(gradient), shape }],
    ...optimizer.slots.map((name) => [name, { data: values.slots[name], shape }]),
    ...optimizer.scalarNames.map((name) => [
      name,
      { data: Float64Array.of(scalars[name]), shape: [] },
    ]),
  ])
  const parameter = new Float64Array(shape[0])
  const slots = Object.fromEntries(
    optimizer.slots.map((name) => [name, new Float64Array(shape[0])]),
  )
  await program.run(inputs, { parameter, ...slots })
  return { parameter, slots }
}

/** The state of an optimiser before its first step, in either array type. */
export function zeroSlots<A>(
  optimizer: { slots: readonly string[] },
  make: () => A,
): Record<string, A> {
  return Object.fromEntries(optimizer.slots.map((name) => [name, make()]))
}
