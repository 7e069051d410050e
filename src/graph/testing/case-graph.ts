import { gradients } from '../gradients.ts'
import type { Node } from '../node.ts'
import { add, mul } from '../ops/arithmetic.ts'
import { sum } from '../ops/reduce.ts'
import { input } from '../ops/source.ts'
import { bindShape } from '../shape.ts'
import { type AxisLengths, type CaseInput, frozen, type OpCase } from './op-case.ts'

/** The graph of a case and what to feed it. */
export interface CaseGraph {
  readonly inputs: Readonly<Record<string, CaseInput>>
  readonly outputs: Readonly<Record<string, Node>>
}

/** The values of a case: `y`, or as many names as the op has results. */
export function forwardGraph({
  inputs,
  build,
}: OpCase): CaseGraph & { nodes: Record<string, Node> } {
  const nodes: Record<string, Node> = {}
  for (const [name, { shape, dtype }] of Object.entries(inputs))
    nodes[name] = input(name, shape, dtype)
  const built = build(nodes)
  const outputs = 'op' in built ? { y: built as Node } : (built as Record<string, Node>)
  return { inputs, outputs, nodes }
}

/** The parts of one input's gradient, as output names. */
export interface GradientOutputs {
  readonly dense: string | null
  readonly rows: readonly { indices: string; values: string }[]
}

/**
 * The values of a case and the gradients of `Σ upstream · y` for a random upstream `w.y`, for every differentiable
 * input. Null where there is nothing to differentiate.
 */
export function gradientGraph(
  opCase: OpCase,
): (CaseGraph & { of: Readonly<Record<string, GradientOutputs>> }) | null {
  const forward = forwardGraph(opCase)
  const trained = Object.keys(opCase.inputs).filter((name) => opCase.inputs[name].differentiable)
  if (trained.length === 0) return null
  const inputs: Record<string, CaseInput> = { ...forward.inputs }
  let loss: Node | null = null
  for (const [name, node] of Object.entries(forward.outputs)) {
    if (node.dtype !== 'f32') continue
    const upstream = `w.${name}`
    inputs[upstream] = frozen(node.shape)
    const term = sum(mul(node, input(upstream, node.shape)))
    loss = loss ? add(loss, term) : term
  }
  if (!loss) throw new Error(`case ${opCase.op} ${opCase.name} has no float result`)
  const outputs: Record<string, Node> = { ...forward.outputs }
  const of: Record<string, GradientOutputs> = {}
  gradients(
    loss,
    trained.map((name) => forward.nodes[name]),
  ).forEach(({ dense, rows }, i) => {
    const name = trained[i]
    if (dense) outputs[`∂${name}`] = dense
    of[name] = {
      dense: dense ? `∂${name}` : null,
      rows: rows.map(({ indices, values }, n) => {
        const names = { indices: `∂${name}.${n}.indices`, values: `∂${name}.${n}.values` }
        outputs[names.indices] = indices
        outputs[names.values] = values
        return names
      }),
    }
  })
  return { inputs, outputs, of }
}

/** What to feed a run of a case, as the engines take it. */
export function caseTensors(
  inputs: Readonly<Record<string, CaseInput>>,
  lengths: AxisLengths,
): Record<string, { data: Float32Array | Int32Array; shape: number[] }> {
  const bindings = new Map(Object.entries(lengths))
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { shape, dtype, values }]) => {
      const bound = bindShape(shape, bindings)
      const numbers = values(bound, name)
      const data = dtype === 'i32' ? Int32Array.from(numbers) : Float32Array.from(numbers)
      return [name, { data, shape: bound }]
    }),
  )
}
