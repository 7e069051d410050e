import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { add, input, matmul, sum } from '../../graph/index.ts'
import type { Engine } from '../engine.ts'

const mebibyte = 2 ** 20

/** A step of a small model with fresh arrays each time, as evaluation does it. */
function smallProgram(engine: Engine) {
  const x = input('x', ['rows', 64])
  const weight = input('weight', [64, 64])
  return engine.compile({ y: add(matmul(x, weight), x), total: sum(x) })
}

/** Resident memory after a collection of garbage, which needs a turn of the event loop to run finalizers. */
async function residentBytes(): Promise<number> {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  for (let i = 0; i < 3; i++) {
    collect()
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return process.memoryUsage().rss
}

async function growth(warmUp: () => Promise<void>, work: () => Promise<void>): Promise<number> {
  await warmUp()
  const before = await residentBytes()
  await work()
  return (await residentBytes()) - before
}

/**
 * Memory stays flat over many runs, and over many programs. Allocators level off a few MiB higher after a while:
 * kept arrays would add 250 MiB, kept programs 18 MiB or more.
 */
export function runLeakTests(name: string, makeEngine: () => Engine | Promise<Engine>): void {
  describe(`${name} holds on to nothing`, () => {
    test('over 1,000 runs with fresh arrays of 128 KiB', async () => {
      const engine = await makeEngine()
      const program = await smallProgram(engine)
      const weight = { data: new Float32Array(64 * 64).fill(0.5), shape: [64, 64] }
      const run = async (times: number) => {
        for (let i = 0; i < times; i++) {
          const rows = 512 - (i % 7)
          const x = { data: new Float32Array(rows * 64).fill(1), shape: [rows, 64] }
          const y = new Float32Array(rows * 64)
          await program.run({ x, weight }, { y, total: new Float32Array(1) })
        }
      }
      const grown = await growth(
        () => run(200),
        () => run(1000),
      )
      program.dispose()
      engine.dispose()
      expect(grown / mebibyte).toBeLessThan(64)
    })

    test('over 200 programs made, run and disposed', async () => {
      const engine = await makeEngine()
      const cycle = async (times: number) => {
        for (let i = 0; i < times; i++) {
          const program = await smallProgram(engine)
          const x = { data: new Float32Array(64).fill(1), shape: [1, 64] }
          const weight = { data: new Float32Array(64 * 64).fill(0.5), shape: [64, 64] }
          await program.run({ x, weight }, { y: new Float32Array(64), total: new Float32Array(1) })
          program.dispose()
        }
      }
      const grown = await growth(
        () => cycle(50),
        () => cycle(200),
      )
      engine.dispose()
      expect(grown / mebibyte).toBeLessThan(12)
    })
  })
}
