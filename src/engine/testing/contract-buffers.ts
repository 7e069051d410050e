import { expect } from 'vitest'
import { add, input, matmul, scale } from '../../graph/index.ts'
import { addSigns } from '../../math/random.ts'
import type { Engine } from '../engine.ts'
import { type DeviceBuffer, onHost } from '../memory.ts'
import { type Check, doubling, vector, withProgram } from './contract-check.ts'

const held = ({ memory }: Engine, ...numbers: number[]) => memory.hold(Float32Array.from(numbers))
const numbers = async ({ memory }: Engine, buffer: DeviceBuffer) => [...(await memory.read(buffer))]

/** The contract of `memory.ts`. */
export const bufferTests: Readonly<Record<string, Check>> = {
  'a new buffer holds zeros, and what is written is read': async (engine) => {
    const buffer = engine.memory.make(3)
    expect(buffer.length).toBe(3)
    expect(await numbers(engine, buffer)).toEqual([0, 0, 0])
    await engine.memory.write(buffer, Float32Array.of(1, -2, 0.1))
    expect(await numbers(engine, buffer)).toEqual([1, -2, Math.fround(0.1)])
    expect(await numbers(engine, held(engine, 4, 5))).toEqual([4, 5])
  },

  'a part shares the numbers of its buffer': async (engine) => {
    const { memory } = engine
    const whole = held(engine, 1, 2, 3, 4, 5)
    const middle = memory.part(whole, 1, 4)
    const inner = memory.part(middle, 1, 2)
    expect(middle.length).toBe(3)
    await memory.write(middle, Float32Array.of(7, 8, 9))
    expect(await numbers(engine, whole)).toEqual([1, 7, 8, 9, 5])
    await memory.fill(whole, 6)
    expect(await numbers(engine, inner)).toEqual([6])
  },

  'a program reads buffers and writes into them, beside arrays': async (engine) => {
    const product = matmul(input('a', [2, 2]), input('b', [2, 'k']))
    await withProgram(engine, { y: product, doubled: scale(product, 2) }, async (program) => {
      const a = held(engine, 9, 1, 2, 3, 4, 9)
      const y = engine.memory.make(2)
      const doubled = new Float32Array(2)
      for (let run = 0; run < 2; run++) {
        await program.run(
          {
            a: { data: engine.memory.part(a, 1, 5), shape: [2, 2] },
            b: { data: Float32Array.of(1, run), shape: [2, 1] },
          },
          { y, doubled },
        )
        expect(await numbers(engine, y)).toEqual(run === 0 ? [1, 3] : [3, 7])
        expect([...doubled]).toEqual(run === 0 ? [2, 6] : [6, 14])
      }
      expect(await numbers(engine, a)).toEqual([9, 1, 2, 3, 4, 9])
    })
  },

  'an elementwise result may be written over its buffer': (engine) => {
    const x = input('x', ['rows'])
    const momentum = add(scale(input('momentum', ['rows']), 0.5), x)
    return withProgram(engine, { momentum, x: add(x, scale(momentum, -2)) }, async (program) => {
      const { memory } = engine
      const all = held(engine, 9, 1, 2, 3, 4, 9)
      const x = memory.part(all, 1, 3)
      const momentum = memory.part(all, 3, 5)
      for (let run = 0; run < 3; run++)
        await program.run(
          { x: { data: x, shape: [2] }, momentum: { data: momentum, shape: [2] } },
          { x, momentum },
        )
      expect(await numbers(engine, all)).toEqual([9, 1.25, 2, 0.125, 0, 9])
    })
  },

  'a buffer of a wrong length, or of another engine, is refused, and the program lives on': (
    engine,
  ) =>
    withProgram(engine, doubling(), async (program) => {
      const y = engine.memory.make(2)
      await expect(program.run({ x: vector(1) }, { y })).rejects.toThrow(
        'output y: expected [rows] = [1], 1 elements, got 2',
      )
      const foreign = { length: 2 } as unknown as DeviceBuffer
      const x = { data: foreign, shape: [2] }
      await expect(program.run({ x }, { y })).rejects.toThrow('buffer')
      await program.run({ x: { data: held(engine, 1, 2), shape: [2] } }, { y })
      expect(await numbers(engine, y)).toEqual([2, 4])
    }),

  'fill, copy and add change the target alone': async (engine) => {
    const { memory } = engine
    const source = held(engine, 1, 2, 3, 4)
    const target = held(engine, 9, 9, 9, 9)
    await memory.copy(source, target)
    expect(await numbers(engine, target)).toEqual([1, 2, 3, 4])
    await memory.fill(target, -1)
    const blocks = [
      { from: 0, to: 2, length: 2 },
      { from: 3, to: 0, length: 1 },
    ]
    await memory.copy(source, target, blocks)
    expect(await numbers(engine, target)).toEqual([4, -1, 1, 2])
    await memory.add(target, held(engine, 0.1, 0.2, 0.3, 0.4))
    const sums = [4.1, -0.8, 1.3, 2.4].map((_, i) =>
      Math.fround([4, -1, 1, 2][i] + Math.fround([0.1, 0.2, 0.3, 0.4][i])),
    )
    expect(await numbers(engine, target)).toEqual(sums)
    expect(await numbers(engine, source)).toEqual([1, 2, 3, 4])
  },

  'rows are added where their numbers say, repeated ones too': async (engine) => {
    const { memory } = engine
    await withProgram(engine, { rows: input('rows', ['n'], 'i32') }, async (program) => {
      const rows = memory.make(3, 'i32')
      await program.run({ rows: { data: Int32Array.of(2, 0, 2), shape: [3] } }, { rows })
      const target = held(engine, 1, 1, 1, 1, 1, 1)
      await memory.addRows(target, rows, held(engine, 1, 2, 10, 20, 100, 200))
      expect(await numbers(engine, target)).toEqual([11, 21, 1, 1, 102, 203])
    })
  },

  'signs are those of the counter, in parts as in the whole': async (engine) => {
    const { memory } = engine
    const buffer = memory.make(300)
    await memory.addSigns(memory.part(buffer, 0, 300), 0.25, 7, ['direction', 3])
    const expected = new Float32Array(300)
    addSigns(expected, 0.25, 7, ['direction', 3])
    expect(await memory.read(buffer)).toEqual(expected)
  },

  'a share of the way between two buffers is rounded once': async (engine) => {
    const { memory } = engine
    const target = memory.make(2)
    await memory.between(target, held(engine, 0.1, -3), held(engine, 0.7, 5), 0.3)
    const from = Math.fround(0.1)
    expect(await numbers(engine, target)).toEqual([
      Math.fround(from + 0.3 * (Math.fround(0.7) - from)),
      Math.fround(-3 + 0.3 * 8),
    ])
  },

  'products are those of float64': async (engine) => {
    const { memory } = engine
    const [a, b] = [held(engine, 1e-8, 3, -1e4, 5, 0.5), held(engine, 1e8, -2, 1e4, 0, 0.25)]
    const f = Math.fround
    const close = (got: number, expected: number) =>
      expect(Math.abs(got - expected)).toBeLessThanOrEqual(1e-7 * Math.abs(expected))
    const [aa, ab, bb] = await memory.products(a, b)
    close(aa, f(1e-8) ** 2 + 9 + 1e8 + 25 + 0.25)
    close(ab, f(1e-8) * 1e8 - 6 - 1e8 + 0.125)
    close(bb, 1e16 + 4 + 1e8 + 0.0625)
    close(await memory.squaredNorm(a), aa)
  },

  'work on the host sees what buffers hold, and what it changes is kept': async (engine) => {
    const { memory } = engine
    const [changed, read] = [held(engine, 1, 2), held(engine, 10, 20)]
    const sum = await onHost(
      memory,
      [changed],
      ([into], [values]) => {
        for (let i = 0; i < 2; i++) into[i] += values[i]
        return into[0] + into[1]
      },
      [read],
    )
    expect(sum).toBe(33)
    expect(await numbers(engine, changed)).toEqual([11, 22])
    expect(await numbers(engine, read)).toEqual([10, 20])
  },

  'a buffer may be given back': async (engine) => {
    const kept = held(engine, 1)
    engine.memory.free(engine.memory.make(1000))
    expect(await numbers(engine, kept)).toEqual([1])
  },
}
