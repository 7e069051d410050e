import { bindShape } from '../../graph/index.ts'
import { sizeOf } from '../../graph/shape.ts'
import type { AxisLengths } from '../../graph/testing/op-case.ts'
import type { Program } from '../engine.ts'

/** Arrays for the outputs of a run, filled with what no result is. */
export function emptyResults(
  program: Program,
  lengths: AxisLengths = {},
): Record<string, Float32Array | Int32Array> {
  const bindings = new Map(Object.entries(lengths))
  return Object.fromEntries(
    program.outputs.map(({ name, shape, dtype }) => {
      const size = sizeOf(bindShape(shape, bindings))
      return [
        name,
        dtype === 'f32' ? new Float32Array(size).fill(NaN) : new Int32Array(size).fill(-12345),
      ]
    }),
  )
}
