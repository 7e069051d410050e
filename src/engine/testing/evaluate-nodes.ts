import type { Node } from '../../graph/index.ts'
import { bindShape } from '../../graph/index.ts'
import { sizeOf } from '../../graph/shape.ts'
import { referenceEngine } from '../reference.ts'

/** The numbers of one input of a run. */
export interface Numbers {
  readonly data: ArrayLike<number>
  readonly shape: readonly number[]
}

/** Evaluates nodes in float64 and returns their numbers by name. */
export async function evaluate<Name extends string>(
  outputs: Readonly<Record<Name, Node>>,
  inputs: Readonly<Record<string, Numbers>> = {},
): Promise<Record<Name, Float64Array>> {
  const program = await referenceEngine.compile(outputs)
  const bindings = new Map<string, number>()
  for (const { name, shape } of program.inputs)
    shape.forEach((dim, i) => {
      if (typeof dim === 'string' && !dim.includes('*')) bindings.set(dim, inputs[name].shape[i])
    })
  const results = Object.fromEntries(
    program.outputs.map(({ name, shape }) => [
      name,
      new Float64Array(sizeOf(bindShape(shape, bindings))),
    ]),
  )
  const given = Object.fromEntries(
    Object.entries(inputs).map(([name, { data, shape }]) => [
      name,
      { data: Float64Array.from(data), shape },
    ]),
  )
  await program.run(given, results)
  return results as Record<Name, Float64Array>
}
