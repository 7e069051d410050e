import { input, type Node, scale } from '../../graph/index.ts'
import type { Engine, Program } from '../engine.ts'

/** One test of the contract. `dispose` is how to end what the check ends. */
export type Check = (engine: Engine, dispose?: () => void) => Promise<void>

/** A vector as an input. */
export const vector = (...numbers: number[]) => ({
  data: Float32Array.from(numbers),
  shape: [numbers.length],
})

/** y = 2x over a named axis. */
export const doubling = () => ({ y: scale(input('x', ['rows']), 2) })

/** Compiles, checks, disposes. */
export async function withProgram(
  engine: Engine,
  outputs: Readonly<Record<string, Node>>,
  check: (program: Program) => Promise<void>,
): Promise<void> {
  const program = await engine.compile(outputs)
  await check(program)
  program.dispose()
}
