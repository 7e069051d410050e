import { expect } from 'vitest'
import { input, matmul, type Node, neg } from '../../graph/index.ts'
import { type Check, doubling, vector, withProgram } from './contract-check.ts'

/** The contract of `engine.ts` about when things happen: ends of life, runs at once, the event loop. */
export const lifetimeTests: Readonly<Record<string, Check>> = {
  'a disposed program cannot run, and may be disposed again': async (engine, dispose) => {
    const program = await engine.compile(doubling())
    await program.run({ x: vector(1) }, { y: new Float32Array(1) })
    if (dispose) dispose()
    else program.dispose()
    program.dispose()
    const run = program.run({ x: vector(1) }, { y: new Float32Array(1) })
    await expect(run).rejects.toThrow('internal: run of a disposed program')
  },

  'a program may be disposed while it runs: the run ends well or is refused': async (engine) => {
    for (let round = 0; round < 5; round++) {
      const a = input('a', [192, 192])
      const program = await engine.compile({ y: matmul(matmul(a, a), a) })
      const ones = { data: new Float32Array(192 * 192).fill(1), shape: [192, 192] }
      const y = new Float32Array(192 * 192)
      const runs = [program.run({ a: ones }, { y }), program.run({ a: ones }, { y })]
      if (round > 0) await new Promise((resolve) => setTimeout(resolve, round - 1))
      program.dispose()
      for (const outcome of await Promise.allSettled(runs))
        if (outcome.status === 'rejected') expect(outcome.reason.message).toContain('disposed')
        else expect(y[0]).toBe(192 * 192)
    }
  },

  'runs asked for at once happen one at a time, in order, each with its own numbers': async (
    engine,
  ) => {
    const a = input('a', [160, 160])
    const slow = await engine.compile({ y: matmul(matmul(a, a), a) })
    const quick = await engine.compile(doubling())
    const finished: string[] = []
    const results: Float32Array[] = []
    const runs = Array.from({ length: 6 }, (_, i) => {
      const data = new Float32Array(160 * 160).fill(i)
      const big = new Float32Array(160 * 160)
      const small = new Float32Array(2)
      results.push(big, small)
      return [
        slow
          .run({ a: { data, shape: [160, 160] } }, { y: big })
          .then(() => finished.push(`slow ${i}`)),
        quick.run({ x: vector(i, i + 0.5) }, { y: small }).then(() => finished.push(`quick ${i}`)),
      ]
    })
    await Promise.all(runs.flat())
    expect(finished).toEqual(
      Array.from({ length: 12 }, (_, i) => `${i % 2 ? 'quick' : 'slow'} ${i >> 1}`),
    )
    for (let i = 0; i < 6; i++) {
      expect(results[2 * i]).toEqual(new Float32Array(160 * 160).fill(i ** 3 * 160 ** 2))
      expect([...results[2 * i + 1]]).toEqual([2 * i, 2 * i + 1])
    }
    slow.dispose()
    quick.dispose()
  },

  'small arrays are written where they are after collections of garbage': (engine) =>
    withProgram(engine, { y: neg(input('x', [2])) }, async (program) => {
      const held: Float32Array[] = []
      for (let i = 0; i < 300; i++) {
        const y = new Float32Array(2)
        const run = program.run({ x: vector(i, -i) }, { y })
        held.push(y)
        const garbage = Array.from({ length: 2000 }, (_, j) => [j])
        expect(garbage.length).toBe(2000)
        await run
      }
      held.forEach((y, i) => {
        expect([y[0] + i, y[1] - i]).toEqual([0, 0])
      })
    }),

  'the event loop stays free during a run': async (engine) => {
    const side = 1536
    const a = input('a', [side, side])
    const scaled = (x: Node) => matmul(x, a, { alpha: 1 / side })
    await withProgram(engine, { y: scaled(scaled(scaled(scaled(a)))) }, async (program) => {
      const ones = { data: new Float32Array(side * side).fill(1), shape: [side, side] }
      const y = new Float32Array(side * side)
      let ticks = 0
      const timer = setInterval(() => {
        ticks++
      }, 5)
      await program.run({ a: ones }, { y })
      clearInterval(timer)
      expect(y[0]).toBeCloseTo(1, 4)
      expect(ticks).toBeGreaterThan(3)
    })
  },
}
