import { caseTensors, forwardGraph, gradientGraph } from '../../graph/testing/case-graph.ts'
import type { OpCase } from '../../graph/testing/op-case.ts'
import type { Engine } from '../engine.ts'
import { referenceEngine } from '../reference.ts'
import { firstDifference, smallestNormal, toleranceOf } from '../tolerance.ts'
import { emptyResults } from './arrays.ts'

/**
 * Where an engine's values or gradients of a case first leave those of the float64 reference, in words; or null.
 *
 * @param flushes zero stands for numbers below float32's smallest normal one
 */
export async function differenceFrom(
  engine: Engine,
  opCase: OpCase,
  flushes = false,
): Promise<string | null> {
  for (const graph of [forwardGraph(opCase), gradientGraph(opCase)]) {
    if (!graph) continue
    const program = await engine.compile(graph.outputs)
    const reference = await referenceEngine.compile(graph.outputs)
    for (const lengths of opCase.runs) {
      const tensors = caseTensors(graph.inputs, lengths)
      const given = Object.fromEntries(program.inputs.map(({ name }) => [name, tensors[name]]))
      const results = emptyResults(program, lengths)
      await program.run(given, results)
      const expected = Object.fromEntries(
        Object.entries(results).map(([name, { length }]) => [name, new Float64Array(length)]),
      )
      await reference.run(given, expected)
      for (const { name, dtype } of program.outputs) {
        const { rtol, atol } = toleranceOf(opCase.op, opCase.name, dtype)
        const tolerance = { rtol, atol: Math.max(atol, flushes ? smallestNormal : 0) }
        const at = firstDifference(results[name], expected[name], tolerance)
        if (at !== null)
          return `${name}[${at}] at ${JSON.stringify(lengths)}: expected ${expected[name][at]} ± ${tolerance.atol} + ${tolerance.rtol}·|x|, got ${results[name][at]}`
      }
    }
    program.dispose()
  }
  return null
}
