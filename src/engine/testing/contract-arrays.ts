import { expect } from 'vitest'
import {
  add,
  embedding,
  input,
  matmul,
  mul,
  pickLabels,
  reshape,
  ShapeError,
  scale,
  sum,
} from '../../graph/index.ts'
import { type Check, doubling, vector, withProgram } from './contract-check.ts'

/** The contract of `engine.ts` about what goes in and comes out. */
export const arrayTests: Readonly<Record<string, Check>> = {
  'says what goes in and out': (engine) =>
    withProgram(
      engine,
      {
        total: sum(mul(input('a', ['rows', 2]), input('b', [2]))),
        twice: scale(input('c', ['rows']), 2),
        labels: input('labels', ['rows'], 'i32'),
      },
      async ({ inputs, outputs }) => {
        expect(inputs).toEqual([
          { name: 'a', shape: ['rows', 2], dtype: 'f32' },
          { name: 'b', shape: [2], dtype: 'f32' },
          { name: 'c', shape: ['rows'], dtype: 'f32' },
          { name: 'labels', shape: ['rows'], dtype: 'i32' },
        ])
        expect(outputs).toEqual([
          { name: 'total', shape: [], dtype: 'f32' },
          { name: 'twice', shape: ['rows'], dtype: 'f32' },
          { name: 'labels', shape: ['rows'], dtype: 'i32' },
        ])
      },
    ),

  'axes have other lengths in other runs': (engine) => {
    const x = input('x', ['batch', 'seq', 2])
    const y = reshape(scale(x, 2), ['batch*seq', 2])
    return withProgram(engine, { y }, async (program) => {
      for (const [batch, seq] of [
        [2, 3],
        [5, 1],
        [1, 7],
        [2, 3],
      ]) {
        const data = Float32Array.from({ length: batch * seq * 2 }, (_, i) => i)
        const results = { y: new Float32Array(data.length) }
        await program.run({ x: { data, shape: [batch, seq, 2] } }, results)
        expect(results.y).toEqual(data.map((value) => 2 * value))
      }
    })
  },

  'a product of axes may come before the axes themselves': (engine) => {
    const rows = input('rows', ['batch*seq'])
    const y = add(reshape(rows, ['batch', 'seq']), input('x', ['batch', 'seq']))
    return withProgram(engine, { y }, async (program) => {
      const results = { y: new Float32Array(6) }
      const x = { data: Float32Array.of(1, 2, 3, 4, 5, 6), shape: [2, 3] }
      await program.run({ rows: vector(10, 20, 30, 40, 50, 60), x }, results)
      expect([...results.y]).toEqual([11, 22, 33, 44, 55, 66])
    })
  },

  'results are written into the arrays given, the same or others each time': (engine) =>
    withProgram(engine, doubling(), async (program) => {
      const first = new Float32Array(3)
      const second = new Float32Array(3)
      await program.run({ x: vector(1, 2, 3) }, { y: first })
      await program.run({ x: vector(4, 5, 6) }, { y: second })
      expect([...first]).toEqual([2, 4, 6])
      expect([...second]).toEqual([8, 10, 12])
      await program.run({ x: vector(7, 8, 9) }, { y: first })
      expect([...first]).toEqual([14, 16, 18])
      expect([...second]).toEqual([8, 10, 12])
      await program.run({ x: vector(1) }, { y: first.subarray(0, 1) })
      expect([...first]).toEqual([2, 16, 18])
    }),

  'inputs are read anew in each run and left alone': (engine) =>
    withProgram(engine, doubling(), async (program) => {
      const x = vector(1, 2, 3)
      const y = new Float32Array(3)
      await program.run({ x }, { y })
      x.data.set([10, 20, 30])
      await program.run({ x }, { y })
      expect([...y]).toEqual([20, 40, 60])
      expect([...x.data]).toEqual([10, 20, 30])
    }),

  'the same array may come again in another shape': (engine) =>
    withProgram(engine, { y: sum(input('x', ['rows', 'columns']), [1]) }, async (program) => {
      const { data } = vector(1, 2, 3, 4, 5, 6)
      const tall = new Float32Array(3)
      const wide = new Float32Array(2)
      await program.run({ x: { data, shape: [3, 2] } }, { y: tall })
      await program.run({ x: { data, shape: [2, 3] } }, { y: wide })
      expect([...tall]).toEqual([3, 7, 11])
      expect([...wide]).toEqual([6, 15])
    }),

  'one array may be two inputs, in two shapes': (engine) => {
    const product = matmul(input('a', [2, 'k']), input('b', ['k', 2]))
    return withProgram(engine, { y: product }, async (program) => {
      for (let run = 0; run < 3; run++) {
        const data = Float32Array.of(1, 2, 3, 4, 5, 6)
        const y = new Float32Array(4)
        await program.run({ a: { data, shape: [2, 3] }, b: { data, shape: [3, 2] } }, { y })
        expect([...y]).toEqual([22, 28, 49, 64])
      }
    })
  },

  'arrays may be parts of larger ones': (engine) =>
    withProgram(engine, doubling(), async (program) => {
      const from = Float32Array.of(9, 1, 2, 3, 9)
      const into = Float32Array.of(9, 0, 0, 0, 9)
      const x = { data: from.subarray(1, 4), shape: [3] }
      await program.run({ x }, { y: into.subarray(1, 4) })
      expect([...into]).toEqual([9, 2, 4, 6, 9])
    }),

  'an elementwise result may be written over its input': (engine) => {
    const x = input('x', ['rows'])
    const momentum = add(scale(input('momentum', ['rows']), 0.5), x)
    const moved = add(x, scale(momentum, -2))
    return withProgram(engine, { momentum, x: moved }, async (program) => {
      const memory = Float32Array.of(9, 1, 2, 3, 4, 9)
      const x = memory.subarray(1, 3)
      const momentum = memory.subarray(3, 5)
      for (let run = 0; run < 3; run++)
        await program.run(
          { x: { data: x, shape: [2] }, momentum: { data: momentum, shape: [2] } },
          { x, momentum },
        )
      // momentum 3, 2.5, −2.75, 0.125 while x 1, −4, 1.5, 1.25; momentum 4, 4, −4, 0 while x 2, −6, 2, 2.
      expect([...memory]).toEqual([9, 1.25, 2, 0.125, 0, 9])
    })
  },

  'an axis may have length 0': (engine) =>
    withProgram(engine, { ...doubling(), total: sum(input('x2', ['rows'])) }, async (program) => {
      const total = Float32Array.of(NaN)
      await program.run({ x: vector(), x2: vector() }, { y: new Float32Array(0), total })
      expect(total[0]).toBe(0)
    }),

  'a result may be an input, a constant, or another result': async (engine) => {
    const x = input('x', ['rows'])
    const y = scale(x, 2)
    await withProgram(engine, { same: x, y, again: y }, async (program) => {
      const results = {
        same: new Float32Array(2),
        y: new Float32Array(2),
        again: new Float32Array(2),
      }
      await program.run({ x: vector(1, 2) }, results)
      expect([...results.same, ...results.y, ...results.again]).toEqual([1, 2, 2, 4, 2, 4])
    })
  },

  'a result may have the name of an input': (engine) =>
    withProgram(engine, { x: scale(input('x', ['rows']), 2) }, async (program) => {
      const x = new Float32Array(2)
      await program.run({ x: vector(1, 2) }, { x })
      expect([...x]).toEqual([2, 4])
    }),

  'integers go in and out unchanged': (engine) =>
    withProgram(engine, { y: input('x', ['rows'], 'i32') }, async (program) => {
      const data = Int32Array.of(-(2 ** 31), 2 ** 31 - 1, 16777217)
      const y = new Int32Array(3)
      await program.run({ x: { data, shape: [3] } }, { y })
      expect(y).toEqual(data)
    }),

  'an index out of range is an error, and the program lives on': (engine) => {
    const rows = embedding(input('table', [3, 2]), input('rows', ['count'], 'i32'))
    const picked = pickLabels(rows, input('labels', ['count'], 'i32'))
    return withProgram(engine, { picked }, async (program) => {
      const table = { data: Float32Array.of(1, 2, 3, 4, 5, 6), shape: [3, 2] }
      const run = async (row: number, label: number) => {
        const one = (index: number) => ({ data: Int32Array.of(index), shape: [1] })
        const result = new Float32Array(1)
        await program.run({ table, rows: one(row), labels: one(label) }, { picked: result })
        return result[0]
      }
      await expect(run(3, 0)).rejects.toThrow()
      await expect(run(0, 2)).rejects.toThrow()
      expect(await run(2, 1)).toBe(6)
    })
  },

  'a missing input is a ShapeError': (engine) =>
    withProgram(engine, doubling(), async (program) => {
      const run = program.run({}, { y: new Float32Array(1) })
      await expect(run).rejects.toThrow(new ShapeError('x', '[rows]', 'nothing'))
    }),

  'a missing result array is a ShapeError': (engine) =>
    withProgram(engine, doubling(), async (program) => {
      const run = program.run({ x: vector(1) }, {})
      await expect(run).rejects.toThrow(ShapeError)
      await expect(program.run({ x: vector(1) }, {})).rejects.toThrow('output y: expected [rows]')
    }),

  'wrong shapes and lengths are ShapeErrors that say what was expected, and the program lives on': (
    engine,
  ) => {
    const tokens = input('tokens', ['batch', 'seq'])
    const y = add(tokens, input('attention mask', ['batch', 'seq']))
    return withProgram(engine, { y }, async (program) => {
      const of = (...shape: number[]) => ({
        data: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(1),
        shape,
      })
      const run = (mask: { data: Float32Array; shape: number[] }, y: Float32Array) =>
        program.run({ tokens: of(4, 128), 'attention mask': mask }, { y })
      const out = new Float32Array(4 * 128)
      await expect(run(of(4, 127), out)).rejects.toThrow(
        new ShapeError('attention mask', '[batch, seq] = [4, 128]', '[4, 127]'),
      )
      await expect(run(of(512), out)).rejects.toThrow(ShapeError)
      await expect(run({ ...of(4, 127), shape: [4, 128] }, out)).rejects.toThrow(
        new ShapeError('attention mask', '512 elements for [4, 128]', '508'),
      )
      await expect(run(of(4, 128), new Float32Array(511))).rejects.toThrow(
        new ShapeError('output y', '[batch, seq] = [4, 128], 512 elements', '511'),
      )
      await run(of(4, 128), out)
      expect(out).toEqual(new Float32Array(512).fill(2))
    })
  },
}
